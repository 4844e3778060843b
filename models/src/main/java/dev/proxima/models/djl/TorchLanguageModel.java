package dev.proxima.models.djl;

import ai.djl.ndarray.NDManager;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.GenerationListener;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.SampledResponse;
import dev.proxima.models.SamplingOptions;
import dev.proxima.models.TokenRandom;
import dev.proxima.models.TokenSequence;
import java.util.List;

/** A frozen decoder. */
@SuppressWarnings("try") // GradMode is held, never used
final class TorchLanguageModel implements LanguageModel {

  /** Most tokens, padding included, that are scored at once. */
  private static final int SCORING_TOKENS = 4096;

  private final DecoderParameters parameters;
  private final Decoder decoder;
  private final ResponseScorer scorer;
  private final long cacheBytes;

  /** Takes over the parameters. */
  TorchLanguageModel(DecoderParameters parameters, EngineOptions options) {
    this.parameters = parameters;
    decoder = new Decoder(parameters, options.precision());
    cacheBytes = options.cacheBytes();
    scorer = new ResponseScorer(decoder);
  }

  @Override
  public List<List<SampledResponse>> generate(
      List<int[]> prompts,
      SamplingOptions options,
      TokenRandom random,
      GenerationListener listener) {
    try (GradMode still = GradMode.off()) {
      return new Generator(parameters, decoder, options, random, listener, cacheBytes)
          .generate(prompts);
    }
  }

  @Override
  public double[][] tokenLogps(List<TokenSequence> sequences, Runnable progress) {
    double[][] logps = new double[sequences.size()][];
    int[] lengths = sequences.stream().mapToInt(sequence -> sequence.tokens().length).toArray();
    for (List<Integer> items : MicroBatches.group(lengths, 1, SCORING_TOKENS)) {
      double[][] scored = score(items.stream().map(sequences::get).toList());
      for (int i = 0; i < scored.length; i++) {
        logps[items.get(i)] = scored[i];
      }
      progress.run();
    }
    return logps;
  }

  @Override
  public void close() {
    parameters.close();
  }

  private double[][] score(List<TokenSequence> sequences) {
    PackedBatch batch = PackedBatch.of(sequences, parameters.config());
    try (GradMode still = GradMode.off();
        NDManager scope = parameters.manager().newSubManager()) {
      return batch.rows(scorer.tokenLogps(batch, scope).toFloatArray());
    }
  }
}
