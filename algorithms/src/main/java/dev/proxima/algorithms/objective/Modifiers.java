package dev.proxima.algorithms.objective;

import java.util.Map;

/**
 * The options that every objective has beside its own: {@code ld-alpha}, {@code wpo}, {@code
 * gap-weight} and {@code gap-scale}.
 */
final class Modifiers {

  static final Map<String, String> DEFAULTS =
      Map.of("ld-alpha", "1", "wpo", "off", "gap-weight", "none", "gap-scale", "1");

  private enum Wpo {
    OFF,
    SAMPLED,
    UNALIGNED
  }

  private enum GapWeight {
    NONE,
    SIGMOID,
    LINEAR
  }

  private Modifiers() {}

  static PreferenceObjective apply(PreferenceObjective objective, Options options) {
    return gapWeighted(wpoWeighted(desensitised(objective, options), options), options);
  }

  private static PreferenceObjective desensitised(PreferenceObjective objective, Options options) {
    double alpha = options.number("ld-alpha");
    return alpha == 1 ? objective : new LengthDesensitised(objective, alpha);
  }

  private static PreferenceObjective wpoWeighted(PreferenceObjective objective, Options options) {
    return switch (options.choice("wpo", Wpo.class)) {
      case OFF -> objective;
      case SAMPLED -> new WpoWeighted(objective, WpoWeighted.Alignment.SAMPLED);
      case UNALIGNED -> new WpoWeighted(objective, WpoWeighted.Alignment.NONE);
    };
  }

  private static PreferenceObjective gapWeighted(PreferenceObjective objective, Options options) {
    double scale = options.number("gap-scale");
    return switch (options.choice("gap-weight", GapWeight.class)) {
      case NONE -> objective;
      case SIGMOID -> new RewardGapWeighted(objective, RewardGapWeighted.Weight.SIGMOID, scale);
      case LINEAR -> new RewardGapWeighted(objective, RewardGapWeighted.Weight.LINEAR, scale);
    };
  }
}
