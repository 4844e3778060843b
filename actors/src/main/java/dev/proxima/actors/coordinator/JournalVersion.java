package dev.proxima.actors.coordinator;

import dev.proxima.actors.coordinator.CoordinatorEvent.OfLaterVersion;
import dev.proxima.actors.serialization.EventVersion;

/**
 * The version of the coordinator's events, which the journal keeps with each; bound to them in
 * {@code proxima-versions.conf}. The package's description says when it is raised and how.
 */
public final class JournalVersion extends EventVersion {

  static final int CURRENT = 1;

  public JournalVersion() {
    super(CURRENT, OfLaterVersion.class);
  }
}
