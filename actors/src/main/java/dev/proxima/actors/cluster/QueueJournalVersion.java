package dev.proxima.actors.cluster;

import dev.proxima.actors.cluster.RunQueueEvent.OfLaterVersion;
import dev.proxima.actors.serialization.EventVersion;

/**
 * The version of the events of the queue of runs, which the journal keeps with each; bound to them
 * in {@code proxima-versions.conf}. It is raised as that of a run's events, see {@link
 * dev.proxima.actors.coordinator}.
 */
public final class QueueJournalVersion extends EventVersion {

  static final int CURRENT = 1;

  public QueueJournalVersion() {
    super(CURRENT, OfLaterVersion.class);
  }
}
