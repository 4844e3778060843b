package dev.proxima.models;

/**
 * The optimiser (AdamW, Loshchilov and Hutter 2019) and its schedule.
 *
 * @param learningRate peak learning rate, above 0
 * @param warmupRatio share of {@code totalSteps} with linearly rising rate, in [0, 1)
 * @param schedule how the rate falls after the warm-up
 * @param totalSteps optimiser steps of this training, at least 1
 * @param weightDecay decoupled, on matrices only; at least 0
 * @param maxGradNorm the gradient's global L2 norm is clipped to it; 0 turns clipping off
 * @param microBatchTokens most tokens, padding included, in one forward pass; at least 1. A single
 *     longer sequence makes a micro-batch of its own
 */
public record TrainingOptions(
    double learningRate,
    double warmupRatio,
    Schedule schedule,
    int totalSteps,
    double weightDecay,
    double maxGradNorm,
    int microBatchTokens) {

  /** Shape of the learning rate after the warm-up. */
  public enum Schedule {
    CONSTANT,
    LINEAR,
    COSINE
  }

  /** Learning rate of 0-based optimiser step {@code step}; linear and cosine end at 0. */
  public double learningRateAt(int step) {
    double warmupSteps = Math.ceil(warmupRatio * totalSteps);
    if (step < warmupSteps) {
      return learningRate * (step + 1) / warmupSteps;
    }
    double done = (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
    return switch (schedule) {
      case CONSTANT -> learningRate;
      case LINEAR -> learningRate * (1 - done);
      case COSINE -> learningRate * 0.5 * (1 + StrictMath.cos(Math.PI * done));
    };
  }
}
