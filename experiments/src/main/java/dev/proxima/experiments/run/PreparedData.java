package dev.proxima.experiments.run;

import dev.proxima.actors.run.RunSpec;
import dev.proxima.algorithms.preference.RewardFunction;
import java.util.Optional;

/**
 * The data of a run, tokenised and stored.
 *
 * @param vocabularySize the tokenizer's actual size
 * @param reward the reward of a response, where there is one
 * @param description one line on what was prepared
 */
record PreparedData(
    RunSpec.Data data, int vocabularySize, Optional<RewardFunction> reward, String description) {}
