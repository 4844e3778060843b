package dev.proxima.models.template;

import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import dev.proxima.models.tokenizer.Message;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model's chat template: conversations as text, equal to what {@code
 * tokenizer.apply_chat_template(..., tokenize=False)} of Hugging Face's transformers returns.
 * Templates come with models that strangers made; they see their inputs and nothing of Java. Safe
 * for use by several threads.
 *
 * <p>The text holds the special tokens spelt out, and so may what a user wrote: where that matters,
 * see {@link dev.proxima.models.tokenizer.ChatFormat}.
 */
public final class ChatTemplate {

  private final String source;
  private final String trimmed;
  private final Map<String, String> specialTokens;
  private final JinjaEngine engine;

  /** As the other constructor; {@code strftime_now} tells the system's time. */
  public ChatTemplate(String source, Map<String, String> specialTokens) {
    this(source, specialTokens, Clock.systemDefaultZone());
  }

  /**
   * @param source the template in Jinja2
   * @param specialTokens what the template knows by names such as {@code bos_token}
   * @param clock for templates that put the date into the prompt
   */
  public ChatTemplate(String source, Map<String, String> specialTokens, Clock clock) {
    this.source = source;
    this.trimmed = JinjaSource.trimmed(source);
    this.specialTokens = Map.copyOf(specialTokens);
    this.engine = new JinjaEngine(clock);
  }

  /** The template in Jinja2. */
  public String source() {
    return source;
  }

  /**
   * Renders a conversation.
   *
   * @param addGenerationPrompt whether the text goes on to where the assistant's answer begins
   * @throws IllegalArgumentException with one line where the template refuses the conversation
   *     ({@code raise_exception}) or asks for what is not supported
   */
  public synchronized String render(List<Message> conversation, boolean addGenerationPrompt) {
    Map<String, Object> variables = new HashMap<>(specialTokens);
    variables.put("messages", conversation.stream().map(ChatTemplate::map).toList());
    variables.put("add_generation_prompt", addGenerationPrompt);
    RenderResult result;
    try {
      result = engine.renderForResult(trimmed, variables);
    } catch (StackOverflowError e) {
      throw new IllegalArgumentException("the chat template is nested too deeply", e);
    }
    if (result.hasErrors()) {
      throw new IllegalArgumentException("the chat template " + problem(result.getErrors().get(0)));
    }
    return result.getOutput();
  }

  private static Map<String, Object> map(Message message) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("role", message.role());
    map.put("content", message.content());
    return map;
  }

  private static String problem(TemplateError error) {
    for (Throwable cause = error.getException(); cause != null; cause = cause.getCause()) {
      if (cause instanceof RaisedException) {
        return "refuses the conversation: " + oneLine(cause.getMessage());
      }
    }
    return "cannot be rendered: " + oneLine(error.getMessage());
  }

  private static String oneLine(String message) {
    return String.valueOf(message).replaceAll("\\s+", " ");
  }
}
