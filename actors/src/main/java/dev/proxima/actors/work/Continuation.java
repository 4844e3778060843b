package dev.proxima.actors.work;

import dev.proxima.actors.artifacts.ArtifactId;

/**
 * What the rest of a training goes on from, beside the parameters that it starts with. Batches and
 * random draws are addressed by the step, so there is no other state.
 *
 * @param optimiser the optimiser's state, as a trainer saved it
 * @param adapters the weights of the adapters that are trained in place of the parameters, as a
 *     trainer saved them; null where there are none, also in a journal from before there were any
 * @param step optimiser steps made so far, at least 1
 */
public record Continuation(ArtifactId optimiser, ArtifactId adapters, int step) {

  public Continuation {
    if (step < 1) {
      throw new IllegalArgumentException("a training goes on after step 1 or later, not " + step);
    }
  }

  /** Of a training without adapters. */
  public Continuation(ArtifactId optimiser, int step) {
    this(optimiser, null, step);
  }
}
