package dev.proxima.models.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** JSON laid out as Python's {@code json.dumps(value, ensure_ascii=False)} does. */
final class PythonJson {

  private static final ObjectMapper SCALARS = new ObjectMapper();

  private PythonJson() {}

  /**
   * Writes a value of maps, lists and scalars.
   *
   * @param indent spaces a level, or null for one line
   */
  static String dumps(Object value, Object indent) {
    StringBuilder json = new StringBuilder();
    append(json, value, indent instanceof Number spaces ? spaces.intValue() : -1, 0);
    return json.toString();
  }

  private static void append(StringBuilder json, Object value, int indent, int depth) {
    if (value instanceof Map<?, ?> map) {
      List<Runnable> entries = new ArrayList<>();
      map.forEach(
          (key, member) ->
              entries.add(
                  () -> {
                    json.append(scalar(key.toString())).append(": ");
                    append(json, member, indent, depth + 1);
                  }));
      enclose(json, '{', entries, '}', indent, depth);
    } else if (value instanceof Collection<?> items) {
      List<Runnable> entries = new ArrayList<>();
      items.forEach(item -> entries.add(() -> append(json, item, indent, depth + 1)));
      enclose(json, '[', entries, ']', indent, depth);
    } else {
      json.append(scalar(value));
    }
  }

  private static void enclose(
      StringBuilder json, char open, List<Runnable> entries, char close, int indent, int depth) {
    json.append(open);
    for (int i = 0; i < entries.size(); i++) {
      json.append(i == 0 ? "" : indent < 0 ? ", " : ",");
      newLine(json, indent, depth + 1);
      entries.get(i).run();
    }
    if (!entries.isEmpty()) {
      newLine(json, indent, depth);
    }
    json.append(close);
  }

  private static void newLine(StringBuilder json, int indent, int depth) {
    if (indent >= 0) {
      json.append('\n').append(" ".repeat(indent * depth));
    }
  }

  private static String scalar(Object value) {
    try {
      return SCALARS.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a scalar always has JSON", e);
    }
  }
}
