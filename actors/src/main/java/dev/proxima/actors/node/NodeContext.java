package dev.proxima.actors.node;

import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.dataplane.DataPlane;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.models.ModelEngine;
import dev.proxima.models.tokenizer.Tokenizer;

/**
 * What the workers of a node share.
 *
 * @param rewards reward sampled responses; null where pairs are given
 * @param checkpointSteps optimiser steps after which a training is saved, so that no more than so
 *     many are lost with a worker; 0 for only at its end
 * @param dataPlane brings parameters to the node and serves them; null where it reads the store
 */
public record NodeContext(
    RunSpec spec,
    ArtifactStore store,
    ModelEngine engine,
    Tokenizer tokenizer,
    Rewards rewards,
    int checkpointSteps,
    DataPlane dataPlane,
    StopSignal stop) {

  public NodeContext {
    if (checkpointSteps < 0) {
      throw new IllegalArgumentException(
          "the steps between checkpoints must be at least 0, not " + checkpointSteps);
    }
  }
}
