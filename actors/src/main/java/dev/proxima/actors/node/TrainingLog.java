package dev.proxima.actors.node;

import dev.proxima.actors.work.Assignment;
import dev.proxima.actors.work.StepMetrics;
import dev.proxima.actors.work.WorkReply;
import dev.proxima.algorithms.spo.PairGradients;
import dev.proxima.models.TokenPair;
import dev.proxima.models.Trainer.FineTuneStep;
import dev.proxima.models.Trainer.PreferenceStep;
import dev.proxima.models.TrainingMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The metrics of one segment of a training; each step is also told to whoever assigned the segment.
 */
final class TrainingLog {

  private final Assignment assignment;
  private final int iteration;
  private final int replica;
  private final int firstStep;
  private final int totalSteps;
  private final List<StepMetrics> steps = new ArrayList<>();

  /**
   * @param firstStep steps made before this segment
   * @param totalSteps steps of all segments
   */
  TrainingLog(Assignment assignment, int iteration, int replica, int firstStep, int totalSteps) {
    this.assignment = assignment;
    this.iteration = iteration;
    this.replica = replica;
    this.firstStep = firstStep;
    this.totalSteps = totalSteps;
  }

  List<StepMetrics> steps() {
    return steps;
  }

  void fineTuned(FineTuneStep step) {
    add(TrainingMetrics.of(step));
  }

  void preferred(
      PreferenceStep step, Optional<PairGradients> gradients, List<TokenPair> batch, double beta) {
    SortedMap<String, Double> values = TrainingMetrics.of(step, batch, beta);
    gradients.ifPresent(compared -> values.putAll(TrainingMetrics.of(compared)));
    add(values);
  }

  private void add(SortedMap<String, Double> values) {
    int step = firstStep + steps.size() + 1;
    StepMetrics metrics = new StepMetrics(iteration, replica, step, totalSteps, values);
    steps.add(metrics);
    assignment.replyTo().tell(new WorkReply.Stepped(assignment.lease(), metrics));
  }
}
