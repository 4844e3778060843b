package dev.proxima.actors.run;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.serialization.CborSerializable;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.StepMetrics;
import dev.proxima.actors.work.Work;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/** What a run tells whoever watches it. */
public sealed interface RunEvent extends CborSerializable {

  /**
   * The coordinator is up: what its journal already held and what is left to do.
   *
   * @param iterations what was complete
   * @param trainings what was trained, in the order of the plan, evaluated or not
   * @param completed how many works were complete
   * @param remaining how many works are left to do, by kind
   */
  record RunRecovered(
      List<IterationResult> iterations,
      List<Training> trainings,
      int completed,
      SortedMap<String, Integer> remaining)
      implements RunEvent {}

  /**
   * A completed training.
   *
   * @param methods the methods that it belongs to
   * @param log its {@link StepMetrics}
   */
  record Training(Set<String> methods, ArtifactId log) {}

  /**
   * @param methods the methods that need this work
   * @param iteration the iteration that the first of them needs it in, 0 for fine-tuning
   */
  record WorkStarted(Work work, Set<String> methods, int iteration, String worker)
      implements RunEvent {}

  /**
   * An optimiser step.
   *
   * @param methods the methods that this training belongs to
   */
  record StepTrained(Work work, Set<String> methods, StepMetrics metrics) implements RunEvent {}

  /**
   * @param remaining how many works are left to do, by kind
   */
  record WorkCompleted(Work work, Output output, SortedMap<String, Integer> remaining)
      implements RunEvent {}

  /** A worker failed or fell silent; the work is given again. */
  record WorkRetried(Work work, String worker, String reason) implements RunEvent {}

  /**
   * A worker found no room on a disk; the work waits for some.
   *
   * @param reason one line that says which disk
   */
  record WorkWaits(Work work, String worker, String reason) implements RunEvent {}

  /** Whoever found no room has since. */
  record RoomFound() implements RunEvent {}

  record IterationCompleted(IterationResult result) implements RunEvent {}

  /** All methods are done. */
  record RunCompleted(List<IterationResult> iterations) implements RunEvent {}

  /**
   * The run ended early.
   *
   * @param reason one line
   * @param mendable whether it is for the user to mend, as with a damaged file
   */
  record RunFailed(String reason, boolean mendable) implements RunEvent {}

  /** The last event of every run, however it ended. */
  record RunEnded() implements RunEvent {}
}
