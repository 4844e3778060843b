package dev.proxima.actors.coordinator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.proxima.actors.coordinator.CoordinatorEvent.OfLaterVersion;
import org.apache.pekko.serialization.jackson.JacksonMigration;

/**
 * The version of the coordinator's events, which the journal keeps with each; bound to them in
 * {@code proxima-versions.conf}. The package's description says when it is raised and how.
 */
public final class JournalVersion extends JacksonMigration {

  static final int CURRENT = 1;

  @Override
  public int currentVersion() {
    return CURRENT;
  }

  /** Events of later versions are read as {@link OfLaterVersion}, so that the run can say so. */
  @Override
  public int supportedForwardVersion() {
    return Integer.MAX_VALUE;
  }

  @Override
  public String transformClassName(int version, String className) {
    return version > CURRENT ? OfLaterVersion.class.getName() : className;
  }

  @Override
  public JsonNode transform(int version, JsonNode event) {
    return version > CURRENT
        ? JsonNodeFactory.instance
            .objectNode()
            .put("event", "of-later-version")
            .put("version", version)
        : event;
  }
}
