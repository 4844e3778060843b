package dev.proxima.models.djl;

import ai.djl.ndarray.NDManager;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.RewardModel;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** A frozen decoder with a reward head. */
@SuppressWarnings("try") // GradMode is held, never used
final class TorchRewardModel implements RewardModel {

  /** Most tokens, padding included, that are scored at once. */
  private static final int SCORING_TOKENS = 4096;

  private final DecoderParameters parameters;
  private final RewardScorer scorer;

  /** Takes over the parameters. */
  TorchRewardModel(DecoderParameters parameters, EngineOptions options) {
    this.parameters = parameters;
    scorer = new RewardScorer(new Decoder(parameters, options.precision()));
  }

  @Override
  public double[] rewards(List<int[]> sequences, Runnable progress) {
    double[] rewards = new double[sequences.size()];
    int[] lengths = sequences.stream().mapToInt(sequence -> sequence.length).toArray();
    for (List<Integer> group : MicroBatches.group(lengths, 1, SCORING_TOKENS)) {
      // In lexical order those with the same beginning, which they share, are neighbours.
      List<Integer> items =
          group.stream().sorted(Comparator.comparing(sequences::get, Arrays::compare)).toList();
      float[] scored = score(items.stream().map(sequences::get).toList());
      for (int i = 0; i < scored.length; i++) {
        rewards[items.get(i)] = scored[i];
      }
      progress.run();
    }
    return rewards;
  }

  @Override
  public void close() {
    parameters.close();
  }

  private float[] score(List<int[]> sequences) {
    PackedBatch batch = PackedBatch.ofWhole(sequences, parameters.config());
    try (GradMode still = GradMode.off();
        NDManager scope = parameters.manager().newSubManager()) {
      return scorer.scores(batch, scope).toFloatArray();
    }
  }
}
