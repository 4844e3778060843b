package dev.proxima.models.template;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import jinjava.javax.el.MethodNotFoundException;

/** The methods of Python's {@code str} that chat templates use. */
final class PythonStrings {

  private PythonStrings() {}

  /**
   * Calls a method.
   *
   * @throws MethodNotFoundException where there is none of that name and number of arguments
   */
  static Object call(String text, String method, Object... arguments) {
    String first = arguments.length > 0 ? Objects.toString(arguments[0], null) : null;
    switch (method + "/" + arguments.length) {
      case "strip/0", "strip/1":
        return lstrip(rstrip(text, first), first);
      case "lstrip/0", "lstrip/1":
        return lstrip(text, first);
      case "rstrip/0", "rstrip/1":
        return rstrip(text, first);
      case "split/0", "split/1":
        return split(text, first, -1);
      case "split/2":
        return split(text, first, integer(arguments[1]));
      case "rsplit/2":
        return rsplit(text, first, integer(arguments[1]));
      case "splitlines/0":
        return text.lines().toList();
      case "startswith/1":
        return affixes(arguments[0]).stream().anyMatch(text::startsWith);
      case "endswith/1":
        return affixes(arguments[0]).stream().anyMatch(text::endsWith);
      case "removeprefix/1":
        return text.startsWith(first) ? text.substring(first.length()) : text;
      case "removesuffix/1":
        return text.endsWith(first) ? text.substring(0, text.length() - first.length()) : text;
      case "replace/2":
        return text.replace(first, arguments[1].toString());
      case "find/1":
        return codePointIndex(text, text.indexOf(first));
      case "rfind/1":
        return codePointIndex(text, text.lastIndexOf(first));
      case "count/1":
        return split(text, first, -1).size() - 1;
      case "lower/0":
        return text.toLowerCase(Locale.ROOT);
      case "upper/0":
        return text.toUpperCase(Locale.ROOT);
      case "capitalize/0":
        return capitalize(text);
      case "title/0":
        return title(text);
      case "join/1":
        return ((List<?>) arguments[0])
            .stream().map(Objects::toString).collect(Collectors.joining(text));
      default:
        throw new MethodNotFoundException(
            "there is no string method %s with %d arguments".formatted(method, arguments.length));
    }
  }

  /** Leading and trailing white space of every script removed. */
  static String strip(String text) {
    return lstrip(rstrip(text, null), null);
  }

  /** What Python's {@code str.isspace} takes for white space. */
  static boolean isSpace(int point) {
    return Character.isWhitespace(point) || Character.isSpaceChar(point) || point == 0x85;
  }

  private static String lstrip(String text, String characters) {
    IntPredicate stripped = stripped(characters);
    int from = 0;
    while (from < text.length() && stripped.test(text.codePointAt(from))) {
      from += Character.charCount(text.codePointAt(from));
    }
    return text.substring(from);
  }

  private static String rstrip(String text, String characters) {
    IntPredicate stripped = stripped(characters);
    int to = text.length();
    while (to > 0 && stripped.test(text.codePointBefore(to))) {
      to -= Character.charCount(text.codePointBefore(to));
    }
    return text.substring(0, to);
  }

  private static IntPredicate stripped(String characters) {
    return characters == null ? PythonStrings::isSpace : point -> characters.indexOf(point) >= 0;
  }

  /** At most {@code most} cuts, all where it is negative; at white space without a separator. */
  private static List<String> split(String text, String separator, int most) {
    if (separator == null) {
      return Arrays.stream(words(text)).toList();
    }
    List<String> parts = new ArrayList<>();
    int from = 0;
    int at = text.indexOf(requireSome(separator));
    while (at >= 0 && parts.size() != most) {
      parts.add(text.substring(from, at));
      from = at + separator.length();
      at = text.indexOf(separator, from);
    }
    parts.add(text.substring(from));
    return parts;
  }

  private static List<String> rsplit(String text, String separator, int most) {
    List<String> parts = new ArrayList<>();
    int to = text.length();
    int at = text.lastIndexOf(requireSome(separator));
    while (at >= 0 && parts.size() != most) {
      parts.add(text.substring(at + separator.length(), to));
      to = at;
      at = text.substring(0, to).lastIndexOf(separator);
    }
    parts.add(text.substring(0, to));
    Collections.reverse(parts);
    return parts;
  }

  private static String[] words(String text) {
    StringBuilder spaced = new StringBuilder();
    text.codePoints().forEach(point -> spaced.appendCodePoint(isSpace(point) ? ' ' : point));
    String stripped = spaced.toString().strip();
    return stripped.isEmpty() ? new String[0] : stripped.split(" +");
  }

  private static String requireSome(String separator) {
    if (separator.isEmpty()) {
      throw new MethodNotFoundException("a string cannot be split at the empty string");
    }
    return separator;
  }

  private static List<String> affixes(Object argument) {
    return argument instanceof List<?> several
        ? several.stream().map(Objects::toString).toList()
        : List.of(argument.toString());
  }

  private static int integer(Object argument) {
    return ((Number) argument).intValue();
  }

  private static int codePointIndex(String text, int index) {
    return index < 0 ? index : text.codePointCount(0, index);
  }

  private static String capitalize(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.offsetByCodePoints(0, 1);
    return text.substring(0, first).toUpperCase(Locale.ROOT)
        + text.substring(first).toLowerCase(Locale.ROOT);
  }

  private static String title(String text) {
    StringBuilder result = new StringBuilder();
    int[] before = {' '};
    text.codePoints()
        .forEach(
            point -> {
              boolean within = Character.isLetter(before[0]);
              result.appendCodePoint(
                  within ? Character.toLowerCase(point) : Character.toTitleCase(point));
              before[0] = point;
            });
    return result.toString();
  }
}
