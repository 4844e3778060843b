package dev.proxima.actors.coordinator;

import com.typesafe.config.Config;
import dev.proxima.actors.fixtures.ActorConfig;

/** H2 in a file, which two systems of one process may open. */
class EmbeddedJournalTest extends JournalContract {

  @Override
  Config journal() {
    return ActorConfig.journal(folder.resolve("journal"));
  }
}
