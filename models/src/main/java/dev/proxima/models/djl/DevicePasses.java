package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.proxima.algorithms.objective.LossAndGradient;
import dev.proxima.algorithms.objective.PairDetail;
import dev.proxima.algorithms.objective.PairLogps;
import dev.proxima.algorithms.objective.PreferenceObjective;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.TokenPair;
import dev.proxima.models.TokenSequence;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * Passes on one device, in micro-batches: each goes forward once, hands the log-probabilities of
 * its responses to Java, and back-propagates the gradient with respect to them that comes back.
 */
@SuppressWarnings("try") // GradMode is held, never used
final class DevicePasses implements BatchPasses {

  private final TrainedDecoder decoder;
  private final boolean checkpointing;
  private final int microBatchTokens;
  private final ResponseScorer scorer;

  /**
   * @param decoder whose trained arrays require gradients; it stays the caller's to close
   * @param microBatchTokens most tokens, padding included, in one forward pass
   */
  DevicePasses(TrainedDecoder decoder, EngineOptions engine, int microBatchTokens) {
    this.decoder = decoder;
    this.checkpointing = engine.checkpointing();
    this.microBatchTokens = microBatchTokens;
    this.scorer = new ResponseScorer(decoder.decoder(engine.precision()));
  }

  @Override
  public void begin(int step) {
    decoder.begin(step);
  }

  @Override
  public double[] likelihood(List<TokenSequence> batch, double[] weights) {
    int[] lengths = batch.stream().mapToInt(sequence -> sequence.tokens().length).toArray();
    double[] logps = new double[batch.size()];
    for (List<Integer> items : MicroBatches.group(lengths, 1, microBatchTokens)) {
      backPropagate(
          items.stream().map(batch::get).toList(),
          (sequences, scored) -> {
            double[] sums = sequences.sums(scored);
            for (int i = 0; i < sums.length; i++) {
              logps[items.get(i)] = sums[i];
              Arrays.fill(
                  scored,
                  sequences.starts()[i],
                  sequences.starts()[i + 1],
                  (float) weights[items.get(i)]);
            }
            return scored;
          });
    }
    return logps;
  }

  @Override
  public Evaluated preference(List<TokenPair> batch, PreferenceObjective objective) {
    boolean scoreFirst = objective.couplesBatch() && microBatches(batch).size() > 1;
    return preference(
        batch,
        objective,
        batch.size(),
        scoreFirst ? Optional.of(objective.apply(score(batch, objective))) : Optional.empty());
  }

  /**
   * Adds what some pairs of a batch contribute to the gradient of its mean.
   *
   * @param n size of the batch
   * @param known what the objective says of these pairs, where it had to see all of the batch
   */
  Evaluated preference(
      List<TokenPair> part, PreferenceObjective objective, int n, Optional<LossAndGradient> known) {
    double[] losses = new double[part.size()];
    double[] chosen = new double[part.size()];
    double[] rejected = new double[part.size()];
    for (List<Integer> items : microBatches(part)) {
      PairInputs pairs = PairInputs.of(part, items);
      Optional<double[][]> collisions =
          known.isEmpty() && objective.needs().contains(PairDetail.COLLISIONS)
              ? Optional.of(scored(pairs, scorer::collisions))
              : Optional.empty();
      backPropagate(
          pairs.sequences(),
          (tokens, scored) -> {
            PairLogps logps = pairs.logps(objective, tokens.rows(scored), collisions);
            LossAndGradient result =
                known.map(all -> all.at(items)).orElseGet(() -> objective.apply(logps));
            for (int i = 0; i < items.size(); i++) {
              losses[items.get(i)] = result.losses()[i];
              chosen[items.get(i)] = logps.policyChosen()[i];
              rejected[items.get(i)] = logps.policyRejected()[i];
            }
            return mean(pairs.tokenGradients(result), n);
          });
    }
    return new Evaluated(losses, chosen, rejected);
  }

  @Override
  public PairLogps score(List<TokenPair> batch, PreferenceObjective objective) {
    return new PairInputs(batch)
        .logps(
            objective,
            tokenLogps(batch),
            objective.needs().contains(PairDetail.COLLISIONS)
                ? Optional.of(collisions(batch))
                : Optional.empty());
  }

  /** log pi(token | before), [2n][tokens]: the chosen responses in order, then the rejected. */
  double[][] tokenLogps(List<TokenPair> batch) {
    return gathered(batch, scorer::tokenLogps);
  }

  /** log sum_v pi(v | before)^2, likewise. */
  double[][] collisions(List<TokenPair> batch) {
    return gathered(batch, scorer::collisions);
  }

  /** The decoder is the caller's. */
  @Override
  public void close() {}

  /** The pairs by length; all of them in order where they fit into one micro-batch. */
  private List<List<Integer>> microBatches(List<TokenPair> batch) {
    int[] lengths = batch.stream().mapToInt(DevicePasses::longest).toArray();
    List<List<Integer>> groups = MicroBatches.group(lengths, 2, microBatchTokens);
    return groups.size() > 1 ? groups : List.of(IntStream.range(0, batch.size()).boxed().toList());
  }

  private double[][] gathered(
      List<TokenPair> batch, BiFunction<PackedBatch, NDManager, NDArray> perToken) {
    int n = batch.size();
    double[][] gathered = new double[2 * n][];
    for (List<Integer> items : microBatches(batch)) {
      double[][] rows = scored(PairInputs.of(batch, items), perToken);
      for (int i = 0; i < items.size(); i++) {
        gathered[items.get(i)] = rows[i];
        gathered[n + items.get(i)] = rows[items.size() + i];
      }
    }
    return gathered;
  }

  /** Scores the sequences of pairs without a tape, a row for each. */
  private double[][] scored(
      PairInputs pairs, BiFunction<PackedBatch, NDManager, NDArray> perToken) {
    PackedBatch batch = PackedBatch.of(pairs.sequences(), decoder.parameters().config());
    try (GradMode still = GradMode.off();
        NDManager scope = decoder.parameters().manager().newSubManager()) {
      return batch.rows(perToken.apply(batch, scope).toFloatArray());
    }
  }

  /**
   * Scores the sequences and adds the gradient of the loss to the parameters' gradients.
   *
   * @param lossGradient from the log-probability of each response token to d loss / d of each
   */
  private void backPropagate(
      List<TokenSequence> sequences, BiFunction<PackedBatch, float[], float[]> lossGradient) {
    PackedBatch batch = PackedBatch.of(sequences, decoder.parameters().config());
    try (NDManager scope = decoder.parameters().manager().newSubManager()) {
      TrainingPass pass = TrainingPass.of(scorer, batch, scope, checkpointing);
      pass.backward(lossGradient.apply(batch, pass.scores()));
    }
  }

  /** Rows one after the other, over the size of the batch. */
  private static float[] mean(double[][] rows, int n) {
    int size = Arrays.stream(rows).mapToInt(row -> row.length).sum();
    float[] mean = new float[size];
    int next = 0;
    for (double[] row : rows) {
      for (double value : row) {
        mean[next++] = (float) (value / n);
      }
    }
    return mean;
  }

  private static int longest(TokenPair pair) {
    return Math.max(pair.chosen().tokens().length, pair.rejected().tokens().length);
  }
}
