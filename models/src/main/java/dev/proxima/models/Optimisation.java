package dev.proxima.models;

import java.util.Objects;

/**
 * How a model is trained, however long.
 *
 * @param optimiser the rule that turns gradients into steps
 * @param learningRate the rate of each step
 * @param weightDecay of matrices, embeddings included, and not of vectors; at least 0
 * @param maxGradNorm the gradient's global L2 norm is clipped to it; 0 turns clipping off
 * @param microBatchTokens most tokens, padding included, in one forward pass; at least 1. A single
 *     longer sequence makes a micro-batch of its own
 * @param dropout share of the entries that a training step leaves out of what the embeddings, each
 *     attention and each feed-forward layer put into the residual stream, in [0, 1); the others are
 *     divided by 1 - dropout (transformers' {@code embd_pdrop} and {@code resid_pdrop} of GPT-2).
 *     What a step tells of its log-probabilities, and what an objective sees of them, is with the
 *     same entries left out as its gradient, as in TRL; a reference or a sampler never leaves out
 *     any
 * @param lora adapters to train in place of the parameters
 */
public record Optimisation(
    OptimiserOptions optimiser,
    LearningRate learningRate,
    double weightDecay,
    double maxGradNorm,
    int microBatchTokens,
    double dropout,
    LoraOptions lora) {

  public Optimisation {
    Objects.requireNonNull(lora, "lora");
    require(weightDecay >= 0, "the weight decay must be at least 0, not " + weightDecay);
    require(maxGradNorm >= 0, "the bound of the gradient must be at least 0, not " + maxGradNorm);
    require(
        microBatchTokens >= 1,
        "the tokens of a micro-batch must be at least 1, not " + microBatchTokens);
    require(dropout >= 0 && dropout < 1, "the dropout must be in [0, 1), not " + dropout);
  }

  /** Of all parameters, without adapters or dropout. */
  public Optimisation(
      OptimiserOptions optimiser,
      LearningRate learningRate,
      double weightDecay,
      double maxGradNorm,
      int microBatchTokens) {
    this(optimiser, learningRate, weightDecay, maxGradNorm, microBatchTokens, 0, LoraOptions.NONE);
  }

  /** With adapters, if any, and all dropout drawn by {@code seed}. */
  public TrainingOptions over(int totalSteps, long seed) {
    return new TrainingOptions(this, totalSteps, seed);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
