package dev.proxima.actors.work;

import dev.proxima.actors.artifacts.ArtifactId;

/**
 * What the rest of a training goes on from, beside its parameters. Batches and random draws are
 * addressed by the step, so there is no other state.
 *
 * @param optimiser the optimiser's state, as a trainer saved it
 * @param step optimiser steps made so far, at least 1
 */
public record Continuation(ArtifactId optimiser, int step) {

  public Continuation {
    if (step < 1) {
      throw new IllegalArgumentException("a training goes on after step 1 or later, not " + step);
    }
  }
}
