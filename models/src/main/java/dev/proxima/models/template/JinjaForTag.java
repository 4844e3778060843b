package dev.proxima.models.template;

import com.hubspot.jinjava.interpret.InterpretException;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.ElseTag;
import com.hubspot.jinjava.lib.tag.ForTag;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import com.hubspot.jinjava.util.ForLoop;
import com.hubspot.jinjava.util.ObjectIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code for} as in Jinja2: what is {@code set} in the body is forgotten after each turn, and
 * {@code else} is for when there is none. The filtering form, {@code for x in y if z}, is refused.
 */
final class JinjaForTag extends ForTag {

  @Override
  public String renderForCollection(
      TagNode tag, JinjavaInterpreter interpreter, List<String> variables, Object collection) {
    if (tag.getHelpers().matches("(?s).*\\bif\\b(?!.*\\belse\\b).*")) {
      throw new InterpretException(
          "a filter in the for loop '" + tag.getHelpers().trim() + "' is not supported",
          tag.getLineNumber());
    }
    List<Object> items = new ArrayList<>();
    ObjectIterator.getLoop(collection).forEachRemaining(items::add);
    int otherwise = indexOfElse(tag.getChildren());
    StringBuilder text = new StringBuilder();
    if (items.isEmpty()) {
      int from = Math.min(otherwise + 1, tag.getChildren().size());
      render(tag.getChildren().subList(from, tag.getChildren().size()), interpreter, null, text);
      return text.toString();
    }
    Loop loop = new Loop(items);
    List<Node> body = tag.getChildren().subList(0, otherwise);
    while (loop.hasNext()) {
      Object item = interpreter.wrap(loop.next());
      try (var scope = interpreter.enterScope()) {
        interpreter.getContext().put(LOOP, loop);
        bind(variables, item, interpreter);
        render(body, interpreter, loop, text);
      }
    }
    return text.toString();
  }

  private static void render(
      List<Node> nodes, JinjavaInterpreter interpreter, ForLoop loop, StringBuilder text) {
    for (Node node : nodes) {
      text.append(node.render(interpreter));
      if (loop != null && loop.isContinued()) {
        return;
      }
    }
  }

  private static void bind(List<String> variables, Object item, JinjavaInterpreter interpreter) {
    if (variables.size() == 1) {
      interpreter.getContext().put(variables.get(0), item);
      return;
    }
    List<?> parts =
        item instanceof Map.Entry<?, ?> entry
            ? List.of(entry.getKey(), entry.getValue())
            : item instanceof List<?> list ? list : List.of();
    if (parts.size() != variables.size()) {
      throw new InterpretException(
          "a for loop's item cannot be unpacked into " + variables, interpreter.getLineNumber());
    }
    for (int i = 0; i < parts.size(); i++) {
      interpreter.getContext().put(variables.get(i), interpreter.wrap(parts.get(i)));
    }
  }

  /** The number of nodes where there is none. */
  private static int indexOfElse(List<Node> nodes) {
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i) instanceof TagNode tag && tag.getName().equals(ElseTag.TAG_NAME)) {
        return i;
      }
    }
    return nodes.size();
  }

  /** Jinjava's loop with the items before and after the current one. */
  static final class Loop extends ForLoop {
    private final List<Object> items;

    Loop(List<Object> items) {
      super(items.iterator(), items.size());
      this.items = items;
    }

    /** Null at the ends, which templates see as undefined. */
    Object neighbour(int offset) {
      int index = getIndex0() + offset;
      return index < 0 || index >= items.size() ? null : items.get(index);
    }
  }
}
