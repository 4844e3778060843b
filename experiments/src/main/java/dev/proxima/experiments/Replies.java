package dev.proxima.experiments;

import dev.proxima.actors.cluster.RunQueue;
import dev.proxima.actors.cluster.RunStatus;
import java.util.Locale;

/** What a cluster answers, for people. */
final class Replies {

  private Replies() {}

  /**
   * @throws UserError where the cluster refused
   */
  static String accepted(RunQueue.Reply reply, String run) {
    if (reply instanceof RunQueue.Refused refused) {
      throw new UserError(refused.reason());
    }
    return run + ": " + status(((RunQueue.Accepted) reply).status());
  }

  static String status(RunStatus status) {
    String phase = status.phase().name().toLowerCase(Locale.ROOT);
    return status.reason().isEmpty() ? phase : phase + ": " + status.reason();
  }
}
