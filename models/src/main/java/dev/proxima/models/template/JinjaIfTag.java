package dev.proxima.models.template;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.IfTag;
import com.hubspot.jinjava.tree.TagNode;

/** {@code if} with Python's idea of truth. */
final class JinjaIfTag extends IfTag {

  @Override
  public boolean isPositiveIfElseNode(TagNode tagNode, JinjavaInterpreter interpreter) {
    return PythonTruth.of(
        interpreter.resolveELExpression(
            tagNode.getHelpers(), tagNode.getLineNumber(), tagNode.getStartPosition()));
  }
}
