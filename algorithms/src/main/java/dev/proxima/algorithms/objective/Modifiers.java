package dev.proxima.algorithms.objective;

import java.util.Map;

/** The options that every objective has beside its own: {@code ld-alpha} and {@code wpo}. */
final class Modifiers {

  static final Map<String, String> DEFAULTS = Map.of("ld-alpha", "1", "wpo", "off");

  private enum Wpo {
    OFF,
    SAMPLED,
    UNALIGNED
  }

  private Modifiers() {}

  static PreferenceObjective apply(PreferenceObjective objective, Options options) {
    double alpha = options.number("ld-alpha");
    PreferenceObjective desensitised =
        alpha == 1 ? objective : new LengthDesensitised(objective, alpha);
    return switch (options.choice("wpo", Wpo.class)) {
      case OFF -> desensitised;
      case SAMPLED -> new WpoWeighted(desensitised, WpoWeighted.Alignment.SAMPLED);
      case UNALIGNED -> new WpoWeighted(desensitised, WpoWeighted.Alignment.NONE);
    };
  }
}
