package dev.proxima.models;

/**
 * One training of a model.
 *
 * @param totalSteps optimiser steps of this training, at least 1
 * @param seed of the adapters' first values and of all dropout
 */
public record TrainingOptions(Optimisation optimisation, int totalSteps, long seed) {

  public TrainingOptions {
    if (totalSteps < 1) {
      throw new IllegalArgumentException(
          "the total of steps must be at least 1, not " + totalSteps);
    }
  }

  /** Adapters to train in place of the parameters. */
  public LoraOptions lora() {
    return optimisation.lora();
  }

  /** Learning rate of 0-based optimiser step {@code step}. */
  public double learningRateAt(int step) {
    return optimisation.learningRate().at(step, totalSteps);
  }
}
