package dev.proxima.actors.cluster;

import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.Reclaimed;
import dev.proxima.actors.coordinator.LeasePolicy;
import dev.proxima.actors.dataplane.DataPlaneAddress;
import dev.proxima.actors.node.NodeContext;
import dev.proxima.actors.run.RunEvent;
import dev.proxima.actors.run.RunSpec;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;

/**
 * Makes runs out of submissions. Leading and serving read files and are not begun on an actor's
 * thread.
 */
public interface RunHost {

  /** What the coordinator's node needs to lead a run. */
  Led lead(Submission run);

  /** What a worker's node needs to serve a run; closed when it no longer does. */
  Served serve(Submission run);

  /** Deletes the artefacts that no run of the journal needs, as after a run. */
  CompletionStage<Reclaimed> collectGarbage(ActorSystem<?> system);

  /**
   * A run to lead.
   *
   * @param fingerprint of {@code spec}
   * @param dataPlane where this node serves parameters to others; null where they read the store
   * @param reporter follows the run and stops after {@link RunEvent.RunEnded}
   * @param ended completes after that, when all files are written
   */
  record Led(
      String fingerprint,
      RunSpec spec,
      ArtifactStore store,
      LeasePolicy leases,
      DataPlaneAddress dataPlane,
      Behavior<RunEvent> reporter,
      CompletionStage<Ending> ended) {}

  /** How the lead of a run ended. */
  enum Cause {
    COMPLETED,
    FAILED,
    /** Neither: it can be led on. */
    STOPPED
  }

  /**
   * @param reason one line where it failed, or was stopped for want of room on a disk; else empty
   */
  record Ending(Cause cause, String reason) {}

  /** A run to serve. */
  interface Served extends AutoCloseable {

    NodeContext context();

    @Override
    void close();
  }
}
