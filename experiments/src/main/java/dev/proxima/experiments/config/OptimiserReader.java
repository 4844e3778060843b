package dev.proxima.experiments.config;

import com.typesafe.config.ConfigFactory;
import dev.proxima.algorithms.text.NearestName;
import dev.proxima.experiments.UserError;
import dev.proxima.models.OptimiserOptions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads the optimiser that a group's {@code name} names, with the options that this one has. */
final class OptimiserReader {

  private static final String NAME = "name";

  /** The optimisers, with the options of each and their values where nothing is said. */
  private enum Kind {
    ADAMW(Map.of("betas", List.of(0.9, 0.999), "epsilon", 1e-8)),
    RMSPROP(Map.of("alpha", 0.99, "epsilon", 1e-8, "momentum", 0, "centred", false)),
    SGD(Map.of("momentum", 0, "dampening", 0, "nesterov", false));

    private final SortedMap<String, Object> options;

    Kind(Map<String, Object> options) {
      this.options = new TreeMap<>(options);
    }
  }

  private OptimiserReader() {}

  static OptimiserOptions read(Section given) {
    Kind kind = given.choice(NAME, Kind.class);
    given.names().forEach(option -> checkKnown(given, kind, option));
    Section section =
        given.over(new Section(given.path(), ConfigFactory.parseMap(kind.options, "the default")));
    return switch (kind) {
      case ADAMW -> adamW(section);
      case RMSPROP -> rmsProp(section);
      case SGD -> sgd(section);
    };
  }

  private static OptimiserOptions adamW(Section section) {
    List<Double> betas = section.numbers("betas", Accepted.ZERO_TO_BELOW_ONE);
    section.check("betas", betas.size() == 2, betas, "two numbers in [0, 1), such as [0.9, 0.999]");
    return new OptimiserOptions.AdamW(
        betas.get(0), betas.get(1), section.number("epsilon", Accepted.NON_NEGATIVE));
  }

  private static OptimiserOptions rmsProp(Section section) {
    return new OptimiserOptions.RmsProp(
        section.number("alpha", Accepted.ZERO_TO_BELOW_ONE),
        section.number("epsilon", Accepted.NON_NEGATIVE),
        section.number("momentum", Accepted.ZERO_TO_BELOW_ONE),
        section.flag("centred"));
  }

  private static OptimiserOptions sgd(Section section) {
    double momentum = section.number("momentum", Accepted.ZERO_TO_BELOW_ONE);
    double dampening = section.number("dampening", Accepted.ZERO_TO_BELOW_ONE);
    boolean nesterov = section.flag("nesterov");
    section.check(
        "nesterov",
        !nesterov || (momentum > 0 && dampening == 0),
        nesterov,
        "false, or a momentum above 0 and a dampening of 0");
    return new OptimiserOptions.Sgd(momentum, dampening, nesterov);
  }

  private static void checkKnown(Section given, Kind kind, String option) {
    if (!option.equals(NAME) && !kind.options.containsKey(option)) {
      throw new UserError(
          "%s: unknown option of %s '%s'; did you mean '%s'? known: %s"
              .formatted(
                  Origins.where(given.config().getValue(option)),
                  kind.name().toLowerCase(Locale.ROOT),
                  option,
                  NearestName.of(option, kind.options.keySet()).orElseThrow(),
                  String.join(", ", kind.options.keySet())));
    }
  }
}
