package dev.proxima.models.template;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;

/** Transformers' mark of what the assistant said; it leaves no trace in the text. */
final class GenerationTag implements Tag {

  @Override
  public String getName() {
    return "generation";
  }

  @Override
  public String getEndTagName() {
    return "endgeneration";
  }

  @Override
  public String interpret(TagNode tag, JinjavaInterpreter interpreter) {
    StringBuilder text = new StringBuilder();
    for (Node node : tag.getChildren()) {
      text.append(node.render(interpreter));
    }
    return text.toString();
  }
}
