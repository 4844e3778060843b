package dev.proxima.models.djl;

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
import dev.proxima.models.lora.AdapterFolder;
import dev.proxima.models.lora.AdapterWeights;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/** Trains a decoder by the gradients of {@link BatchPasses}. */
final class TorchTrainer implements Trainer {

  /** What needs no more of a pair than its log-probabilities. */
  private static final PreferenceObjective SFT = new Sft(Sft.Mean.RESPONSE);

  private final TrainedDecoder decoder;
  private final TrainingOptions options;
  private final BatchPasses passes;
  private final LowerLevelGradients gradients;
  private final ParameterUpdate optimiser;

  /** Takes over the parameters and trains on their device. */
  TorchTrainer(DecoderParameters parameters, EngineOptions engine, TrainingOptions options) {
    this(TrainedDecoder.whole(parameters, options), engine, options, ShareHosts.ALONE);
  }

  /** Takes over the decoder. */
  TorchTrainer(
      TrainedDecoder decoder, EngineOptions engine, TrainingOptions options, ShareHosts hosts) {
    this.decoder = decoder;
    this.options = options;
    decoder.arrays().forEach(Ops::requireGradient);
    passes =
        hosts.shares() == 1
            ? new DevicePasses(decoder, engine, options.optimisation().microBatchTokens())
            : new SharedPasses(decoder, engine, options.optimisation().microBatchTokens(), hosts);
    gradients = new LowerLevelGradients(decoder.parameters().manager(), decoder.arrays());
    optimiser =
        new ParameterUpdate(
            decoder.parameters().manager(), decoder.arrays(), options.optimisation());
  }

  @Override
  public FineTuneStep fineTune(List<TokenSequence> batch) {
    requireSome(batch);
    int tokens = batch.stream().mapToInt(TokenSequence::responseLength).sum();
    double[] weights = new double[batch.size()];
    Arrays.fill(weights, -1.0 / tokens);
    begin();
    double[] logps = passes.likelihood(batch, weights);
    double learningRate = options.learningRateAt(optimiser.steps());
    double gradNorm = optimiser.step(learningRate);
    return new FineTuneStep(-Arrays.stream(logps).sum() / tokens, tokens, gradNorm, learningRate);
  }

  @Override
  public PreferenceStep prefer(
      List<TokenPair> batch, PreferenceObjective objective, LowerLevel lower) {
    requireSome(batch);
    begin();
    OptionalDouble multiplier = OptionalDouble.empty();
    BatchPasses.Evaluated evaluated;
    if (lower instanceof LowerLevel.Unrolled unrolled) {
      PairLogps before = passes.score(batch, SFT);
      evaluated =
          gradients
              .unrolled(
                  unrolled, () -> sftGradient(batch), () -> passes.preference(batch, objective))
              .at(before);
    } else {
      evaluated = passes.preference(batch, objective);
      if (lower instanceof LowerLevel.Constrained constrained) {
        multiplier = OptionalDouble.of(constrain(batch, evaluated, constrained));
      }
    }
    int tokens = batch.stream().mapToInt(TorchTrainer::responseTokens).sum();
    double learningRate = options.learningRateAt(optimiser.steps());
    double gradNorm = optimiser.step(learningRate);
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
    begin();
    return gradients.compare(
        () -> passes.likelihood(chosen(batch), weights),
        () -> passes.likelihood(batch.stream().map(TokenPair::rejected).toList(), weights));
  }

  private double constrain(
      List<TokenPair> batch, BatchPasses.Evaluated evaluated, LowerLevel.Constrained constrained) {
    PairLogps logps = new PairInputs(batch).logps(evaluated.chosen(), evaluated.rejected());
    double violation = SftValue.loss(logps) - constrained.value().at(logps);
    return gradients.constrain(constrained.barrier(), () -> sftGradient(batch), violation);
  }

  /** Adds the gradient of L_SFT, the mean over the batch of -log pi(y_w|x) / |y_w|. */
  private void sftGradient(List<TokenPair> batch) {
    double[] weights = new double[batch.size()];
    Arrays.setAll(weights, i -> -1.0 / batch.size() / batch.get(i).chosen().responseLength());
    passes.likelihood(chosen(batch), weights);
  }

  @Override
  public void save(Path safetensors) {
    decoder.save(safetensors);
  }

  @Override
  public void saveAdapter(Path folder) {
    requireAdapters().save(folder);
  }

  @Override
  public void restoreAdapter(Path folder) {
    requireAdapters().restore(AdapterFolder.open(folder));
  }

  @Override
  public void saveAdapterWeights(Path safetensors) {
    requireAdapters().save(new AdapterWeights(safetensors));
  }

  @Override
  public void restoreAdapterWeights(Path safetensors) {
    requireAdapters().restore(new AdapterWeights(safetensors));
  }

  private LoraAdapters requireAdapters() {
    return decoder
        .adapters()
        .orElseThrow(() -> new IllegalStateException("this training has no adapters"));
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
    passes.close();
    decoder.close();
  }

  private void begin() {
    optimiser.zeroGradients();
    passes.begin(optimiser.steps());
  }

  private static void requireSome(List<?> batch) {
    if (batch.isEmpty()) {
      throw new IllegalArgumentException("a training step needs at least one example");
    }
  }

  private static List<TokenSequence> chosen(List<TokenPair> batch) {
    return batch.stream().map(TokenPair::chosen).toList();
  }

  private static int responseTokens(TokenPair pair) {
    return pair.chosen().responseLength() + pair.rejected().responseLength();
  }
}
