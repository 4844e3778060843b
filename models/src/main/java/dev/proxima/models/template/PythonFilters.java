package dev.proxima.models.template;

import com.hubspot.jinjava.interpret.InterpretException;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.AdvancedFilter;
import com.hubspot.jinjava.lib.filter.Filter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Filters that Jinjava lacks or that do something else in Python. */
final class PythonFilters {

  /** {@code value[begin:end:step]}; the name is none that a template can spell. */
  static final String SLICE = "[:]";

  @FunctionalInterface
  private interface Operation {
    Object apply(Object value, List<Object> arguments, Map<String, Object> named);
  }

  private PythonFilters() {}

  static List<Filter> all() {
    return List.of(
        filter("trim", (value, arguments, named) -> trim(value, arguments)),
        filter("items", (value, arguments, named) -> items(value)),
        filter("default", PythonFilters::orDefault),
        filter("d", PythonFilters::orDefault),
        filter("tojson", (value, arguments, named) -> PythonJson.dumps(value, named.get("indent"))),
        filter(SLICE, (value, arguments, named) -> slice(value, arguments)));
  }

  private static Object trim(Object value, List<Object> arguments) {
    return PythonStrings.call(Objects.toString(value, ""), "strip", arguments.toArray());
  }

  /** The default itself, where Jinjava gives its text: {@code default(false)} stays untrue. */
  private static Object orDefault(Object value, List<Object> arguments, Map<String, Object> named) {
    Object alsoForFalse = arguments.size() > 1 ? arguments.get(1) : named.get("boolean");
    boolean kept = PythonTruth.of(alsoForFalse) ? PythonTruth.of(value) : value != null;
    Object otherwise = arguments.isEmpty() ? named.get("default_value") : arguments.get(0);
    return kept ? value : Objects.requireNonNullElse(otherwise, "");
  }

  private static Object items(Object value) {
    return value instanceof Map<?, ?> map ? List.copyOf(map.entrySet()) : List.of();
  }

  /** As Python's, over a list's items or a string's code points. */
  private static Object slice(Object value, List<Object> bounds) {
    if (value instanceof String text) {
      StringBuilder characters = new StringBuilder();
      List<Integer> points = text.codePoints().boxed().toList();
      slice(points, bounds).forEach(point -> characters.appendCodePoint((Integer) point));
      return characters.toString();
    }
    if (value instanceof List<?> list) {
      return slice(list, bounds);
    }
    throw new InterpretException("only lists and strings have slices");
  }

  private static List<Object> slice(List<?> list, List<Object> bounds) {
    int step = bound(bounds, 2, 1);
    if (step == 0) {
      throw new InterpretException("the step of a slice cannot be 0");
    }
    int size = list.size();
    int lowest = step > 0 ? 0 : -1;
    int highest = step > 0 ? size : size - 1;
    int begin = clamp(bound(bounds, 0, step > 0 ? 0 : highest + size), size, lowest, highest);
    int end = clamp(bound(bounds, 1, step > 0 ? size : -1 - size), size, lowest, highest);
    List<Object> result = new ArrayList<>();
    for (int i = begin; step > 0 ? i < end : i > end; i += step) {
      result.add(list.get(i));
    }
    return result;
  }

  private static int bound(List<Object> bounds, int index, int otherwise) {
    return index < bounds.size() && bounds.get(index) instanceof Number number
        ? number.intValue()
        : otherwise;
  }

  private static int clamp(int bound, int size, int lowest, int highest) {
    return Math.max(lowest, Math.min(highest, bound < 0 ? bound + size : bound));
  }

  private static Filter filter(String name, Operation operation) {
    return new AdvancedFilter() {
      @Override
      public String getName() {
        return name;
      }

      @Override
      public Object filter(
          Object value,
          JinjavaInterpreter interpreter,
          Object[] arguments,
          Map<String, Object> named) {
        return operation.apply(value, Arrays.asList(arguments), named);
      }
    };
  }
}
