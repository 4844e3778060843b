package dev.proxima.models.tokenizer;

import java.util.List;
import java.util.Objects;

/**
 * One turn of a conversation.
 *
 * @param role who speaks: {@code system}, {@code user} or {@code assistant}
 * @param content what is said, literally
 */
public record Message(String role, String content) {

  static final List<String> ROLES = List.of("system", "user", "assistant");

  public Message {
    Objects.requireNonNull(content, "content");
    if (!ROLES.contains(role)) {
      throw new IllegalArgumentException(
          "unknown role '" + role + "'; use system, user or assistant");
    }
  }
}
