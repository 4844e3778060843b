package dev.proxima.models;

import java.util.List;

/**
 * Low-rank adapters (LoRA; Hu et al. 2021, arXiv 2106.09685, section 4.1): a linear layer's frozen
 * weight W, [out, in], becomes W + scale B A, of which B, [out, rank], and A, [rank, in], are
 * trained. B begins at 0, so that training begins at the frozen model.
 *
 * @param rank r, at least 1; 0 for no adapters, all parameters being trained
 * @param alpha above 0; scale = alpha / rank
 * @param dropout share of the entries of an adapter's input that a training step leaves out, in [0,
 *     1); the others are divided by 1 - dropout. What a step tells of its log-probabilities is with
 *     the same entries left out
 * @param targetModules which linear layers get adapters: names as Hugging Face has them, whole or
 *     their ends after a dot, such as "q_proj" or "mlp.c_proj"; none for all, the output layer
 *     excepted
 * @param rslora whether scale = alpha / sqrt(rank) instead, which lets larger ranks learn as fast
 *     (rsLoRA; Kalajdzievski 2023, arXiv 2312.03732)
 */
public record LoraOptions(
    int rank, double alpha, double dropout, List<String> targetModules, boolean rslora) {

  /** All parameters are trained. */
  public static final LoraOptions NONE = new LoraOptions(0, 16, 0, List.of(), false);

  public LoraOptions {
    targetModules = List.copyOf(targetModules);
    require(rank >= 0, "the rank of adapters must be at least 0, not " + rank);
    require(
        alpha > 0 && Double.isFinite(alpha), "the alpha of adapters must be above 0, not " + alpha);
    require(
        dropout >= 0 && dropout < 1, "the dropout of adapters must be in [0, 1), not " + dropout);
    require(
        targetModules.stream().noneMatch(String::isBlank),
        "the name of a module with adapters cannot be empty");
  }

  /** Whether there are adapters. */
  public boolean enabled() {
    return rank > 0;
  }

  /** What B A is multiplied by; of adapters that there are. */
  public double scale() {
    return scale(rank, alpha, rslora);
  }

  /** See {@link #scale()}. */
  public static double scale(int rank, double alpha, boolean rslora) {
    return alpha / (rslora ? Math.sqrt(rank) : rank);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
