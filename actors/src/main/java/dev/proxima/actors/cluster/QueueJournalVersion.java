package dev.proxima.actors.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.proxima.actors.cluster.RunQueueEvent.OfLaterVersion;
import org.apache.pekko.serialization.jackson.JacksonMigration;

/**
 * The version of the events of the queue of runs, which the journal keeps with each; bound to them
 * in {@code proxima-versions.conf}. It is raised as that of a run's events, see {@link
 * dev.proxima.actors.coordinator}.
 */
public final class QueueJournalVersion extends JacksonMigration {

  static final int CURRENT = 1;

  @Override
  public int currentVersion() {
    return CURRENT;
  }

  /** Events of later versions are read as {@link OfLaterVersion}, so that the queue can say so. */
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
            .put("name", event.path("event").asText())
            .put("version", version)
        : event;
  }
}
