package dev.proxima.experiments.run;

import dev.proxima.actors.run.IterationResult;
import dev.proxima.experiments.report.RunResult.StageTime;
import java.util.List;

/** How a run ended. */
sealed interface RunOutcome {

  /** All iterations of all methods are done. */
  record Completed(List<IterationResult> iterations, List<StageTime> timings)
      implements RunOutcome {}

  /**
   * @param reason one line
   * @param mendable whether it is for the user to mend
   */
  record Failed(String reason, boolean mendable) implements RunOutcome {}

  /** It was told to stop and can be resumed. */
  record Stopped() implements RunOutcome {}
}
