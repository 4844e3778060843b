package dev.proxima.algorithms.objective;

import java.util.Arrays;
import java.util.Locale;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** A value for each of an objective's options, read by type. */
record Options(SortedMap<String, String> values) {

  /** As it is written. */
  String text(String option) {
    return values.get(option);
  }

  /**
   * A number.
   *
   * @throws IllegalArgumentException if the value is none
   */
  double number(String option) {
    String text = values.get(option);
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(option + " must be a number, not '" + text + "'", e);
    }
  }

  /**
   * A constant of an enum, written in lower case with hyphens.
   *
   * @throws IllegalArgumentException if there is no such constant; names those there are
   */
  <E extends Enum<E>> E choice(String option, Class<E> type) {
    String text = values.get(option);
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> name(constant).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    option + " must be one of " + names(type) + ", not '" + text + "'"));
  }

  /** What {@code divergence} and {@code divergence-alpha} say. */
  Divergence divergence() {
    return new Divergence(choice("divergence", Divergence.Kind.class), number("divergence-alpha"));
  }

  private static String names(Class<? extends Enum<?>> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(Options::name)
        .collect(Collectors.joining(", "));
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
