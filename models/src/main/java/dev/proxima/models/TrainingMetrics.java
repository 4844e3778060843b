package dev.proxima.models;

import dev.proxima.algorithms.spo.PairGradients;
import dev.proxima.models.RewardTrainer.RewardStep;
import dev.proxima.models.Trainer.FineTuneStep;
import dev.proxima.models.Trainer.PreferenceStep;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.DoubleStream;

/** What a training step is reported by, under the ecosystem's names. */
public final class TrainingMetrics {

  private TrainingMetrics() {}

  /** {@code loss}, {@code tokens}, {@code grad_norm} and {@code learning_rate}. */
  public static SortedMap<String, Double> of(FineTuneStep step) {
    return of(step.loss(), step.tokens(), step.gradNorm(), step.learningRate());
  }

  /**
   * Those, and means over the pairs: {@code rewards/chosen}, {@code rewards/rejected}, their {@code
   * rewards/margins}, {@code rewards/accuracies}, the share of pairs with a positive margin, {@code
   * logps/chosen} and {@code logps/rejected}, and {@code sft_loss}, the chosen responses' negative
   * log-likelihood per token, which SPO's lower level looks at; {@code spo/lambda} where the step
   * has one. The implicit reward is {@code beta} times the log-ratio to the reference (DPO,
   * equation 5).
   *
   * @param batch the step's pairs
   */
  public static SortedMap<String, Double> of(
      PreferenceStep step, List<TokenPair> batch, double beta) {
    int n = batch.size();
    double loss = 0;
    double chosenReward = 0;
    double rejectedReward = 0;
    double accuracy = 0;
    double chosenLogp = 0;
    double rejectedLogp = 0;
    double sftLoss = 0;
    for (int i = 0; i < n; i++) {
      double chosen = beta * (step.policyChosen()[i] - batch.get(i).referenceChosen());
      double rejected = beta * (step.policyRejected()[i] - batch.get(i).referenceRejected());
      loss += step.losses()[i];
      chosenReward += chosen;
      rejectedReward += rejected;
      accuracy += chosen > rejected ? 1 : 0;
      chosenLogp += step.policyChosen()[i];
      rejectedLogp += step.policyRejected()[i];
      sftLoss -= step.policyChosen()[i] / batch.get(i).chosen().responseLength();
    }
    SortedMap<String, Double> metrics =
        of(loss / n, step.tokens(), step.gradNorm(), step.learningRate());
    metrics.put("rewards/chosen", chosenReward / n);
    metrics.put("rewards/rejected", rejectedReward / n);
    metrics.put("rewards/margins", (chosenReward - rejectedReward) / n);
    metrics.put("rewards/accuracies", accuracy / n);
    metrics.put("logps/chosen", chosenLogp / n);
    metrics.put("logps/rejected", rejectedLogp / n);
    metrics.put("sft_loss", sftLoss / n);
    step.multiplier().ifPresent(lambda -> metrics.put("spo/lambda", lambda));
    return metrics;
  }

  /**
   * {@code gradients/chosen_norm}, {@code gradients/rejected_norm} and {@code gradients/cosine}.
   */
  public static SortedMap<String, Double> of(PairGradients gradients) {
    SortedMap<String, Double> metrics = new TreeMap<>();
    metrics.put("gradients/chosen_norm", gradients.chosenNorm());
    metrics.put("gradients/rejected_norm", gradients.rejectedNorm());
    metrics.put("gradients/cosine", gradients.cosine());
    return metrics;
  }

  /**
   * {@code loss}, {@code tokens}, {@code grad_norm} and {@code learning_rate}, and as TRL's {@code
   * RewardTrainer} names them: {@code accuracy}, the share of pairs with a positive difference of
   * rewards, their mean difference {@code margin}, and {@code mean_reward}, {@code min_reward} and
   * {@code max_reward} over all responses.
   */
  public static SortedMap<String, Double> of(RewardStep step) {
    int n = step.losses().length;
    double accuracy = 0;
    double margin = 0;
    for (int i = 0; i < n; i++) {
      accuracy += step.chosen()[i] > step.rejected()[i] ? 1 : 0;
      margin += step.chosen()[i] - step.rejected()[i];
    }
    DoubleSummaryStatistics rewards =
        DoubleStream.concat(Arrays.stream(step.chosen()), Arrays.stream(step.rejected()))
            .summaryStatistics();
    SortedMap<String, Double> metrics =
        of(
            Arrays.stream(step.losses()).sum() / n,
            step.tokens(),
            step.gradNorm(),
            step.learningRate());
    metrics.put("accuracy", accuracy / n);
    metrics.put("margin", margin / n);
    metrics.put("mean_reward", rewards.getAverage());
    metrics.put("min_reward", rewards.getMin());
    metrics.put("max_reward", rewards.getMax());
    return metrics;
  }

  private static SortedMap<String, Double> of(
      double loss, int tokens, double gradNorm, double learningRate) {
    SortedMap<String, Double> metrics = new TreeMap<>();
    metrics.put("loss", loss);
    metrics.put("tokens", (double) tokens);
    metrics.put("grad_norm", gradNorm);
    metrics.put("learning_rate", learningRate);
    return metrics;
  }
}
