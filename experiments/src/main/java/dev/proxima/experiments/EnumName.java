package dev.proxima.experiments;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a constant of an enum, written in lower case with hyphens. */
abstract class EnumName<E extends Enum<E>> implements ITypeConverter<E> {

  private final E[] constants;

  EnumName(E[] constants) {
    this.constants = constants;
  }

  @Override
  public E convert(String value) {
    return Arrays.stream(constants)
        .filter(constant -> kebab(constant).equals(value))
        .findFirst()
        .orElseThrow(() -> new TypeConversionException(accepted(value)));
  }

  private String accepted(String value) {
    return Arrays.stream(constants)
        .map(EnumName::kebab)
        .collect(Collectors.joining(", ", "use one of ", ", not '" + value + "'"));
  }

  private static String kebab(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
