package dev.proxima.experiments.config;

import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;

/** How errors name a value and the place it was written at. */
final class Origins {

  private Origins() {}

  /** {@code FILE:LINE}, or the command-line option that gave the value. */
  static String where(ConfigValue value) {
    ConfigOrigin origin = value.origin();
    String file = origin.resource() == null ? origin.filename() : ConfigLayers.DEFAULTS;
    if (file == null) {
      return origin.description().replaceFirst(": \\d+$", "");
    }
    return origin.lineNumber() > 0 ? file + ":" + origin.lineNumber() : file;
  }

  /** The value as it may be written, on one line. */
  static String text(ConfigValue value) {
    return value.render(ConfigRenderOptions.concise().setJson(false));
  }
}
