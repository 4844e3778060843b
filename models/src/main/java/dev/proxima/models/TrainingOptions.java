package dev.proxima.models;

import java.util.Objects;

/**
 * How a model is trained.
 *
 * @param optimiser the rule that turns gradients into steps
 * @param learningRate the rate of each step
 * @param totalSteps optimiser steps of this training, at least 1
 * @param weightDecay of matrices, embeddings included, and not of vectors; at least 0
 * @param maxGradNorm the gradient's global L2 norm is clipped to it; 0 turns clipping off
 * @param microBatchTokens most tokens, padding included, in one forward pass; at least 1. A single
 *     longer sequence makes a micro-batch of its own
 * @param lora adapters to train in place of the parameters
 * @param seed of the adapters' first values and of their dropout
 */
public record TrainingOptions(
    OptimiserOptions optimiser,
    LearningRate learningRate,
    int totalSteps,
    double weightDecay,
    double maxGradNorm,
    int microBatchTokens,
    LoraOptions lora,
    long seed) {

  public TrainingOptions {
    Objects.requireNonNull(lora, "lora");
    require(totalSteps >= 1, "the total of steps must be at least 1, not " + totalSteps);
    require(weightDecay >= 0, "the weight decay must be at least 0, not " + weightDecay);
    require(maxGradNorm >= 0, "the bound of the gradient must be at least 0, not " + maxGradNorm);
    require(
        microBatchTokens >= 1,
        "the tokens of a micro-batch must be at least 1, not " + microBatchTokens);
  }

  /** Trains all parameters, without adapters. */
  public TrainingOptions(
      OptimiserOptions optimiser,
      LearningRate learningRate,
      int totalSteps,
      double weightDecay,
      double maxGradNorm,
      int microBatchTokens) {
    this(
        optimiser,
        learningRate,
        totalSteps,
        weightDecay,
        maxGradNorm,
        microBatchTokens,
        LoraOptions.NONE,
        0);
  }

  /** Learning rate of 0-based optimiser step {@code step}. */
  public double learningRateAt(int step) {
    return learningRate.at(step, totalSteps);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
