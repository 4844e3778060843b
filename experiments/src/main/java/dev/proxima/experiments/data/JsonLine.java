package dev.proxima.experiments.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.experiments.UserError;
import dev.proxima.models.tokenizer.Message;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One object of a JSONL file, with the place that every error about it names.
 *
 * @param number 1-based number of the line in {@code file}
 */
public record JsonLine(Path file, int number, ObjectNode object) {

  /** Whether the field is there and not null. */
  public boolean has(String field) {
    return object.hasNonNull(field);
  }

  /** Whether the field is there and a list. */
  boolean holdsList(String field) {
    return object.path(field).isArray();
  }

  /**
   * The string that a field holds.
   *
   * @throws UserError if it is missing or something else
   */
  public String text(String field) {
    JsonNode value = required(field);
    if (!value.isTextual()) {
      throw error("'" + field + "' must be a string, not " + type(value));
    }
    return value.textValue();
  }

  /**
   * The number that a field holds, {@code otherwise} where it is not there or null.
   *
   * @throws UserError if it is something else
   */
  public double number(String field, double otherwise) {
    if (!has(field)) {
      return otherwise;
    }
    JsonNode value = object.get(field);
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw error("'" + field + "' must be a number, not " + type(value));
    }
    return value.doubleValue();
  }

  /**
   * The turns that a field holds: a list of messages as it stands, a string as one turn of {@code
   * role}.
   *
   * @throws UserError if the field is missing, neither of the two, or an empty list
   */
  public List<Message> messages(String field, String role) {
    JsonNode value = required(field);
    if (value.isTextual()) {
      return List.of(new Message(role, value.textValue()));
    }
    if (!value.isArray()) {
      throw error("'" + field + "' must be a string or a list of messages, not " + type(value));
    }
    if (value.isEmpty()) {
      throw error("'" + field + "' has no messages");
    }
    List<Message> messages = new ArrayList<>(value.size());
    for (JsonNode message : value) {
      messages.add(message(field, message));
    }
    return messages;
  }

  /** An error about this line, as {@code FILE:LINE: message}. */
  public UserError error(String message) {
    return new UserError(file + ":" + number + ": " + message);
  }

  private Message message(String field, JsonNode message) {
    JsonNode role = message.path("role");
    JsonNode content = message.path("content");
    if (!role.isTextual() || !content.isTextual()) {
      throw error(
          "every message of '" + field + "' needs 'role' and 'content', both of them strings");
    }
    return new Message(role.textValue(), content.textValue());
  }

  private JsonNode required(String field) {
    if (!has(field)) {
      throw error("'" + field + "' is missing");
    }
    return object.get(field);
  }

  private static String type(JsonNode value) {
    return "a value of type " + value.getNodeType().name().toLowerCase(Locale.ROOT);
  }
}
