package dev.proxima.actors.serialization;

import com.fasterxml.jackson.databind.JsonNode;
import org.apache.pekko.serialization.jackson.JacksonMigration;

/**
 * The version of all messages between processes, which each carries; bound to them in {@code
 * proxima-versions.conf}. A message of a later version is not delivered, with a warning in the log;
 * the package's description says when the version is raised and how.
 */
public final class MessageVersion extends JacksonMigration {

  private static final int CURRENT = 1;

  @Override
  public int currentVersion() {
    return CURRENT;
  }

  @Override
  public JsonNode transform(int version, JsonNode message) {
    return message;
  }
}
