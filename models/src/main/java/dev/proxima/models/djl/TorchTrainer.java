package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.proxima.algorithms.objective.LossAndGradient;
import dev.proxima.algorithms.objective.PairLogps;
import dev.proxima.algorithms.objective.PreferenceObjective;
import dev.proxima.models.TokenPair;
import dev.proxima.models.TokenSequence;
import dev.proxima.models.Trainer;
import dev.proxima.models.TrainingOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Trains a Llama decoder. A step runs each micro-batch forward once, hands the log-probabilities of
 * its responses to Java, and back-propagates the gradient with respect to them that comes back.
 */
@SuppressWarnings("try") // GradMode is held, never used
final class TorchTrainer implements Trainer {

  private final LlamaParameters parameters;
  private final TrainingOptions options;
  private final ResponseScorer scorer;
  private final AdamW optimiser;

  /** Takes over the parameters. */
  TorchTrainer(LlamaParameters parameters, TrainingOptions options) {
    this.parameters = parameters;
    this.options = options;
    parameters.arrays().forEach(array -> array.setRequiresGradient(true));
    scorer = new ResponseScorer(new LlamaDecoder(parameters), parameters.config());
    optimiser =
        new AdamW(
            parameters.manager(),
            parameters.arrays(),
            options.weightDecay(),
            options.maxGradNorm());
  }

  @Override
  public FineTuneStep fineTune(List<TokenSequence> batch) {
    requireSome(batch);
    int tokens = batch.stream().mapToInt(TokenSequence::responseLength).sum();
    int[] lengths = batch.stream().mapToInt(sequence -> sequence.tokens().length).toArray();
    double[] logps = new double[batch.size()];
    optimiser.zeroGradients();
    for (List<Integer> items : MicroBatches.group(lengths, 1, options.microBatchTokens())) {
      backPropagate(
          items.stream().map(batch::get).toList(),
          scored -> {
            double[] gradient = new double[scored.length];
            for (int i = 0; i < scored.length; i++) {
              logps[items.get(i)] = scored[i];
              gradient[i] = -1.0 / tokens;
            }
            return gradient;
          });
    }
    double learningRate = options.learningRateAt(optimiser.steps());
    double gradNorm = update(learningRate);
    return new FineTuneStep(-Arrays.stream(logps).sum() / tokens, tokens, gradNorm, learningRate);
  }

  @Override
  public PreferenceStep prefer(List<TokenPair> batch, PreferenceObjective objective) {
    requireSome(batch);
    int n = batch.size();
    int[] lengths = batch.stream().mapToInt(TorchTrainer::longest).toArray();
    double[] losses = new double[n];
    double[] chosen = new double[n];
    double[] rejected = new double[n];
    optimiser.zeroGradients();
    for (List<Integer> items : MicroBatches.group(lengths, 2, options.microBatchTokens())) {
      List<TokenPair> pairs = items.stream().map(batch::get).toList();
      backPropagate(
          Stream.concat(
                  pairs.stream().map(TokenPair::chosen), pairs.stream().map(TokenPair::rejected))
              .toList(),
          scored -> {
            PairLogps logps = pairLogps(pairs, scored);
            LossAndGradient result = objective.apply(logps);
            for (int i = 0; i < pairs.size(); i++) {
              losses[items.get(i)] = result.losses()[i];
              chosen[items.get(i)] = logps.policyChosen()[i];
              rejected[items.get(i)] = logps.policyRejected()[i];
            }
            return DoubleStream.concat(
                    Arrays.stream(result.gradChosen()), Arrays.stream(result.gradRejected()))
                .map(gradient -> gradient / n)
                .toArray();
          });
    }
    int tokens = batch.stream().mapToInt(TorchTrainer::responseTokens).sum();
    double learningRate = options.learningRateAt(optimiser.steps());
    double gradNorm = update(learningRate);
    return new PreferenceStep(losses, chosen, rejected, tokens, gradNorm, learningRate);
  }

  @Override
  public void save(Path safetensors) {
    parameters.save(safetensors);
  }

  @Override
  public void close() {
    parameters.close();
  }

  /**
   * Scores the sequences and adds the gradient of the loss to the parameters' gradients.
   *
   * @param lossGradient from the log-probability of each response to d loss / d of each
   */
  private void backPropagate(List<TokenSequence> sequences, UnaryOperator<double[]> lossGradient) {
    TokenBatch batch = TokenBatch.of(sequences, parameters.config());
    try (GradMode recording = GradMode.on();
        NDManager scope = parameters.manager().newSubManager()) {
      NDArray tokenLogps = scorer.tokenLogps(batch, scope);
      double[] gradient = lossGradient.apply(batch.sums(tokenLogps.toFloatArray()));
      Ops.backward(tokenLogps, scope.create(batch.spread(gradient)));
    }
  }

  private double update(double learningRate) {
    try (GradMode still = GradMode.off()) {
      return optimiser.step(learningRate);
    }
  }

  private static void requireSome(List<?> batch) {
    if (batch.isEmpty()) {
      throw new IllegalArgumentException("a training step needs at least one example");
    }
  }

  private static PairLogps pairLogps(List<TokenPair> pairs, double[] scored) {
    int n = pairs.size();
    return new PairLogps(
        Arrays.copyOf(scored, n),
        Arrays.copyOfRange(scored, n, 2 * n),
        pairs.stream().mapToDouble(TokenPair::referenceChosen).toArray(),
        pairs.stream().mapToDouble(TokenPair::referenceRejected).toArray(),
        pairs.stream().mapToInt(pair -> pair.chosen().responseLength()).toArray(),
        pairs.stream().mapToInt(pair -> pair.rejected().responseLength()).toArray());
  }

  private static int longest(TokenPair pair) {
    return Math.max(pair.chosen().tokens().length, pair.rejected().tokens().length);
  }

  private static int responseTokens(TokenPair pair) {
    return pair.chosen().responseLength() + pair.rejected().responseLength();
  }
}
