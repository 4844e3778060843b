package dev.proxima.actors.serialization;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.apache.pekko.serialization.jackson.JacksonMigration;

/**
 * The version of a journal's events. Events of later versions are read as one type, whose name in
 * JSON is {@code of-later-version}, so that whoever reads the journal can say so.
 */
public abstract class EventVersion extends JacksonMigration {

  private final int current;
  private final Class<?> later;

  /**
   * @param current what this program writes
   * @param later what an event of a later version becomes, from its {@code name} and {@code
   *     version}
   */
  protected EventVersion(int current, Class<?> later) {
    this.current = current;
    this.later = later;
  }

  @Override
  public final int currentVersion() {
    return current;
  }

  @Override
  public final int supportedForwardVersion() {
    return Integer.MAX_VALUE;
  }

  @Override
  public String transformClassName(int version, String className) {
    return version > current ? later.getName() : className;
  }

  @Override
  public JsonNode transform(int version, JsonNode event) {
    return version > current
        ? JsonNodeFactory.instance
            .objectNode()
            .put("event", "of-later-version")
            .put("name", event.path("event").asText())
            .put("version", version)
        : event;
  }
}
