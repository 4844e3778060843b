package dev.proxima.actors.node;

import dev.proxima.actors.work.Assignment;
import dev.proxima.actors.work.StepMetrics;
import dev.proxima.actors.work.WorkReply;
import dev.proxima.models.TokenPair;
import dev.proxima.models.Trainer.FineTuneStep;
import dev.proxima.models.Trainer.PreferenceStep;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The metrics of one training, under the ecosystem's names; each step is also told to whoever
 * assigned the training.
 */
final class TrainingLog {

  private final Assignment assignment;
  private final int iteration;
  private final int replica;
  private final int totalSteps;
  private final List<StepMetrics> steps = new ArrayList<>();

  TrainingLog(Assignment assignment, int iteration, int replica, int totalSteps) {
    this.assignment = assignment;
    this.iteration = iteration;
    this.replica = replica;
    this.totalSteps = totalSteps;
  }

  List<StepMetrics> steps() {
    return steps;
  }

  void fineTuned(FineTuneStep step) {
    SortedMap<String, Double> values = new TreeMap<>();
    values.put("loss", step.loss());
    values.put("tokens", (double) step.tokens());
    values.put("grad_norm", step.gradNorm());
    values.put("learning_rate", step.learningRate());
    add(values);
  }

  /** Implicit rewards are beta times the log-ratio to the reference (DPO, equation 5). */
  void preferred(PreferenceStep step, List<TokenPair> batch, double beta) {
    int n = batch.size();
    double loss = 0;
    double chosenReward = 0;
    double rejectedReward = 0;
    double accuracy = 0;
    double chosenLogp = 0;
    double rejectedLogp = 0;
    for (int i = 0; i < n; i++) {
      double chosen = beta * (step.policyChosen()[i] - batch.get(i).referenceChosen());
      double rejected = beta * (step.policyRejected()[i] - batch.get(i).referenceRejected());
      loss += step.losses()[i];
      chosenReward += chosen;
      rejectedReward += rejected;
      accuracy += chosen > rejected ? 1 : 0;
      chosenLogp += step.policyChosen()[i];
      rejectedLogp += step.policyRejected()[i];
    }
    SortedMap<String, Double> values = new TreeMap<>();
    values.put("loss", loss / n);
    values.put("rewards/chosen", chosenReward / n);
    values.put("rewards/rejected", rejectedReward / n);
    values.put("rewards/margins", (chosenReward - rejectedReward) / n);
    values.put("rewards/accuracies", accuracy / n);
    values.put("logps/chosen", chosenLogp / n);
    values.put("logps/rejected", rejectedLogp / n);
    values.put("tokens", (double) step.tokens());
    values.put("grad_norm", step.gradNorm());
    values.put("learning_rate", step.learningRate());
    add(values);
  }

  private void add(SortedMap<String, Double> values) {
    StepMetrics metrics = new StepMetrics(iteration, replica, steps.size() + 1, totalSteps, values);
    steps.add(metrics);
    assignment.replyTo().tell(new WorkReply.Stepped(assignment.lease(), metrics));
  }
}
