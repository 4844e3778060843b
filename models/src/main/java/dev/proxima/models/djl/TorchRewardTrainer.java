package dev.proxima.models.djl;

import ai.djl.ndarray.NDManager;
import dev.proxima.algorithms.preference.BradleyTerryLoss;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.RewardPair;
import dev.proxima.models.RewardTrainer;
import dev.proxima.models.TrainingOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Trains a decoder with a reward head. A step runs each micro-batch forward once, hands the rewards
 * to Java, and back-propagates the gradient with respect to them that comes back.
 */
final class TorchRewardTrainer implements RewardTrainer {

  private final DecoderParameters parameters;
  private final TrainedDecoder decoder;
  private final TrainingOptions options;
  private final boolean checkpointing;
  private final RewardScorer scorer;
  private final ParameterUpdate optimiser;

  /** Takes over the parameters. */
  TorchRewardTrainer(DecoderParameters parameters, EngineOptions engine, TrainingOptions options) {
    this.parameters = parameters;
    this.options = options;
    parameters.arrays().forEach(array -> array.setRequiresGradient(true));
    checkpointing = engine.checkpointing();
    decoder = TrainedDecoder.whole(parameters, options);
    scorer = new RewardScorer(decoder.decoder(engine.precision()));
    optimiser =
        new ParameterUpdate(parameters.manager(), parameters.arrays(), options.optimisation());
  }

  @Override
  public RewardStep prefer(List<RewardPair> batch, BradleyTerryLoss loss) {
    if (batch.isEmpty()) {
      throw new IllegalArgumentException("a training step needs at least one pair");
    }
    int n = batch.size();
    double[] losses = new double[n];
    double[] chosen = new double[n];
    double[] rejected = new double[n];
    int[] lengths = batch.stream().mapToInt(TorchRewardTrainer::longest).toArray();
    optimiser.zeroGradients();
    decoder.begin(optimiser.steps());
    for (List<Integer> items :
        MicroBatches.group(lengths, 2, options.optimisation().microBatchTokens())) {
      BackPropagated pairs = backPropagate(items.stream().map(batch::get).toList(), loss, n);
      for (int i = 0; i < items.size(); i++) {
        losses[items.get(i)] = pairs.losses()[i];
        chosen[items.get(i)] = pairs.chosen()[i];
        rejected[items.get(i)] = pairs.rejected()[i];
      }
    }
    double learningRate = options.learningRateAt(optimiser.steps());
    double gradNorm = optimiser.step(learningRate);
    int tokens =
        batch.stream().mapToInt(pair -> pair.chosen().length + pair.rejected().length).sum();
    return new RewardStep(losses, chosen, rejected, tokens, gradNorm, learningRate);
  }

  /** Losses and rewards of pairs, each of shape [pairs]. */
  private record BackPropagated(double[] losses, double[] chosen, double[] rejected) {}

  /** Adds the gradient of the pairs' losses over {@code n}. */
  private BackPropagated backPropagate(List<RewardPair> pairs, BradleyTerryLoss loss, int n) {
    // A pair's sequences follow one another, so that the second shares the prompt of the first.
    PackedBatch batch =
        PackedBatch.ofWhole(
            pairs.stream().flatMap(pair -> Stream.of(pair.chosen(), pair.rejected())).toList(),
            parameters.config());
    try (NDManager scope = parameters.manager().newSubManager()) {
      TrainingPass pass = TrainingPass.of(scorer, batch, scope, checkpointing);
      float[] rewards = pass.scores();
      double[] chosen = new double[pairs.size()];
      double[] rejected = new double[pairs.size()];
      for (int i = 0; i < pairs.size(); i++) {
        chosen[i] = rewards[2 * i];
        rejected[i] = rewards[2 * i + 1];
      }
      BradleyTerryLoss.Value value =
          loss.apply(chosen, rejected, pairs.stream().mapToDouble(RewardPair::margin).toArray());
      float[] gradient = new float[rewards.length];
      for (int i = 0; i < pairs.size(); i++) {
        gradient[2 * i] = (float) (value.gradChosen()[i] / n);
        gradient[2 * i + 1] = (float) (value.gradRejected()[i] / n);
      }
      pass.backward(gradient);
      return new BackPropagated(value.losses(), chosen, rejected);
    }
  }

  @Override
  public void save(Path safetensors) {
    parameters.save(safetensors);
  }

  @Override
  public void saveOptimiser(Path safetensors) {
    optimiser.save(safetensors);
  }

  @Override
  public void restoreOptimiser(Path safetensors) {
    optimiser.restore(safetensors);
  }

  @Override
  public void close() {
    parameters.close();
  }

  private static int longest(RewardPair pair) {
    return Math.max(pair.chosen().length, pair.rejected().length);
  }
}
