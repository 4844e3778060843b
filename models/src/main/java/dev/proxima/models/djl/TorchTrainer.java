package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.proxima.algorithms.objective.LossAndGradient;
import dev.proxima.algorithms.objective.PairDetail;
import dev.proxima.algorithms.objective.PairLogps;
import dev.proxima.algorithms.objective.PreferenceObjective;
import dev.proxima.algorithms.objective.Sft;
import dev.proxima.algorithms.objective.SftValue;
import dev.proxima.algorithms.spo.LowerLevel;
import dev.proxima.algorithms.spo.PairGradients;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.TokenPair;
import dev.proxima.models.TokenSequence;
import dev.proxima.models.Trainer;
import dev.proxima.models.TrainingOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * Trains a decoder. A step runs each micro-batch forward once, hands the log-probabilities of its
 * responses to Java, and back-propagates the gradient with respect to them that comes back.
 */
@SuppressWarnings("try") // GradMode is held, never used
final class TorchTrainer implements Trainer {

  /** What needs no more of a pair than its log-probabilities. */
  private static final PreferenceObjective SFT = new Sft(Sft.Mean.RESPONSE);

  private final DecoderParameters parameters;
  private final TrainingOptions options;
  private final boolean checkpointing;
  private final ResponseScorer scorer;
  private final LowerLevelGradients gradients;
  private final ParameterUpdate optimiser;

  /** Takes over the parameters. */
  TorchTrainer(DecoderParameters parameters, EngineOptions engine, TrainingOptions options) {
    this.parameters = parameters;
    this.options = options;
    parameters.arrays().forEach(array -> array.setRequiresGradient(true));
    checkpointing = engine.checkpointing();
    scorer = new ResponseScorer(new Decoder(parameters, engine.precision()));
    gradients = new LowerLevelGradients(parameters.manager(), parameters.arrays());
    optimiser =
        new ParameterUpdate(
            parameters.manager(),
            parameters.arrays(),
            Optimiser.of(options.optimiser()),
            options.weightDecay(),
            options.maxGradNorm());
  }

  @Override
  public FineTuneStep fineTune(List<TokenSequence> batch) {
    requireSome(batch);
    int tokens = batch.stream().mapToInt(TokenSequence::responseLength).sum();
    double[] weights = new double[batch.size()];
    Arrays.fill(weights, -1.0 / tokens);
    optimiser.zeroGradients();
    double[] logps = likelihoodGradient(batch, weights);
    double learningRate = options.learningRateAt(optimiser.steps());
    double gradNorm = update(learningRate);
    return new FineTuneStep(-Arrays.stream(logps).sum() / tokens, tokens, gradNorm, learningRate);
  }

  @Override
  public PreferenceStep prefer(
      List<TokenPair> batch, PreferenceObjective objective, LowerLevel lower) {
    requireSome(batch);
    optimiser.zeroGradients();
    OptionalDouble multiplier = OptionalDouble.empty();
    Evaluated evaluated;
    if (lower instanceof LowerLevel.Unrolled unrolled) {
      PairLogps before = score(batch, pairMicroBatches(batch), SFT);
      evaluated =
          gradients
              .unrolled(
                  unrolled, () -> sftGradient(batch), () -> preferenceGradient(batch, objective))
              .at(before);
    } else {
      evaluated = preferenceGradient(batch, objective);
      if (lower instanceof LowerLevel.Constrained constrained) {
        multiplier = OptionalDouble.of(constrain(batch, evaluated, constrained));
      }
    }
    int tokens = batch.stream().mapToInt(TorchTrainer::responseTokens).sum();
    double learningRate = options.learningRateAt(optimiser.steps());
    double gradNorm = update(learningRate);
    return new PreferenceStep(
        evaluated.losses(),
        evaluated.chosen(),
        evaluated.rejected(),
        tokens,
        gradNorm,
        learningRate,
        multiplier);
  }

  @Override
  public PairGradients pairGradients(List<TokenPair> batch) {
    requireSome(batch);
    double[] weights = new double[batch.size()];
    Arrays.fill(weights, 1.0 / batch.size());
    optimiser.zeroGradients();
    return gradients.compare(
        () -> likelihoodGradient(chosen(batch), weights),
        () -> likelihoodGradient(batch.stream().map(TokenPair::rejected).toList(), weights));
  }

  /**
   * Losses and log-probabilities of a batch, each of shape [n].
   *
   * @param chosen log pi(y_w|x)
   * @param rejected log pi(y_l|x)
   */
  private record Evaluated(double[] losses, double[] chosen, double[] rejected) {

    Evaluated at(PairLogps logps) {
      return new Evaluated(losses, logps.policyChosen(), logps.policyRejected());
    }
  }

  private double constrain(
      List<TokenPair> batch, Evaluated evaluated, LowerLevel.Constrained constrained) {
    PairLogps logps = new PairInputs(batch).logps(evaluated.chosen(), evaluated.rejected());
    double violation = SftValue.loss(logps) - constrained.value().at(logps);
    return gradients.constrain(constrained.barrier(), () -> sftGradient(batch), violation);
  }

  /** Adds the gradient of L_SFT, the mean over the batch of -log pi(y_w|x) / |y_w|. */
  private void sftGradient(List<TokenPair> batch) {
    double[] weights = new double[batch.size()];
    Arrays.setAll(weights, i -> -1.0 / batch.size() / batch.get(i).chosen().responseLength());
    likelihoodGradient(chosen(batch), weights);
  }

  /**
   * Adds the gradient of the sum over the batch of weight times log pi(y|x).
   *
   * @param weights shape [n]
   * @return log pi(y|x) of each, shape [n]
   */
  private double[] likelihoodGradient(List<TokenSequence> batch, double[] weights) {
    int[] lengths = batch.stream().mapToInt(sequence -> sequence.tokens().length).toArray();
    double[] logps = new double[batch.size()];
    for (List<Integer> items : MicroBatches.group(lengths, 1, options.microBatchTokens())) {
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

  /** Adds the gradient of the batch mean of the objective. */
  private Evaluated preferenceGradient(List<TokenPair> batch, PreferenceObjective objective) {
    int n = batch.size();
    List<List<Integer>> microBatches = pairMicroBatches(batch);
    double[] losses = new double[n];
    double[] chosen = new double[n];
    double[] rejected = new double[n];
    boolean scoreFirst = objective.couplesBatch() && microBatches.size() > 1;
    Optional<LossAndGradient> coupled =
        scoreFirst
            ? Optional.of(objective.apply(score(batch, microBatches, objective)))
            : Optional.empty();
    for (List<Integer> items : microBatches) {
      PairInputs pairs = PairInputs.of(batch, items);
      Optional<double[][]> collisions =
          coupled.isEmpty() && objective.needs().contains(PairDetail.COLLISIONS)
              ? Optional.of(scored(pairs, scorer::collisions))
              : Optional.empty();
      backPropagate(
          pairs.sequences(),
          (tokens, scored) -> {
            PairLogps logps = pairs.logps(objective, tokens.rows(scored), collisions);
            LossAndGradient result =
                coupled.map(all -> all.at(items)).orElseGet(() -> objective.apply(logps));
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

  /** The pairs by length; all of them in order where they fit into one micro-batch. */
  private List<List<Integer>> pairMicroBatches(List<TokenPair> batch) {
    int[] lengths = batch.stream().mapToInt(TorchTrainer::longest).toArray();
    List<List<Integer>> groups = MicroBatches.group(lengths, 2, options.microBatchTokens());
    return groups.size() > 1 ? groups : List.of(IntStream.range(0, batch.size()).boxed().toList());
  }

  /** What an objective that couples the batch sees of all of it, at one more forward pass. */
  private PairLogps score(
      List<TokenPair> batch, List<List<Integer>> microBatches, PreferenceObjective objective) {
    double[][] tokenLogps = gathered(batch, microBatches, scorer::tokenLogps);
    Optional<double[][]> collisions =
        objective.needs().contains(PairDetail.COLLISIONS)
            ? Optional.of(gathered(batch, microBatches, scorer::collisions))
            : Optional.empty();
    return new PairInputs(batch).logps(objective, tokenLogps, collisions);
  }

  private double[][] gathered(
      List<TokenPair> batch,
      List<List<Integer>> microBatches,
      BiFunction<PackedBatch, NDManager, NDArray> perToken) {
    int n = batch.size();
    double[][] gathered = new double[2 * n][];
    for (List<Integer> items : microBatches) {
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
    PackedBatch batch = PackedBatch.of(pairs.sequences(), parameters.config());
    try (GradMode still = GradMode.off();
        NDManager scope = parameters.manager().newSubManager()) {
      return batch.rows(perToken.apply(batch, scope).toFloatArray());
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

  /**
   * Scores the sequences and adds the gradient of the loss to the parameters' gradients.
   *
   * @param lossGradient from the log-probability of each response token to d loss / d of each
   */
  private void backPropagate(
      List<TokenSequence> sequences, BiFunction<PackedBatch, float[], float[]> lossGradient) {
    PackedBatch batch = PackedBatch.of(sequences, parameters.config());
    try (NDManager scope = parameters.manager().newSubManager()) {
      TrainingPass pass =
          checkpointing
              ? new CheckpointedPass(scorer, batch, scope)
              : TrainingPass.taped(scorer, batch, scope);
      pass.backward(lossGradient.apply(batch, pass.tokenLogps()));
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

  private static List<TokenSequence> chosen(List<TokenPair> batch) {
    return batch.stream().map(TokenPair::chosen).toList();
  }

  private static int longest(TokenPair pair) {
    return Math.max(pair.chosen().tokens().length, pair.rejected().tokens().length);
  }

  private static int responseTokens(TokenPair pair) {
    return pair.chosen().responseLength() + pair.rejected().responseLength();
  }
}
