package dev.proxima.experiments;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a constant of an enum, written in lower case with hyphens. */
record EnumName<E extends Enum<E>>(Class<E> type) implements ITypeConverter<E> {

  @Override
  public E convert(String value) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> kebab(constant).equals(value))
        .findFirst()
        .orElseThrow(() -> new TypeConversionException(accepted(value)));
  }

  private String accepted(String value) {
    return Arrays.stream(type.getEnumConstants())
        .map(EnumName::kebab)
        .collect(Collectors.joining(", ", "use one of ", ", not '" + value + "'"));
  }

  private static String kebab(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
