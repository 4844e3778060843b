package dev.proxima.actors.node;

import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.algorithms.preference.RewardFunction;
import dev.proxima.models.ModelEngine;
import dev.proxima.models.tokenizer.Tokenizer;

/**
 * What the workers of a node share.
 *
 * @param reward rewards sampled responses; null where pairs are given
 */
public record NodeContext(
    RunSpec spec,
    ArtifactStore store,
    ModelEngine engine,
    Tokenizer tokenizer,
    RewardFunction reward,
    StopSignal stop) {}
