package dev.proxima.experiments.run;

import dev.proxima.actors.run.RunSpec;
import dev.proxima.algorithms.preference.RewardFunction;
import dev.proxima.models.ModelConfig;
import java.util.Optional;

/**
 * The data of a run, tokenised and stored.
 *
 * @param model the model's shape with the tokenizer's vocabulary
 * @param reward the reward of a response, where there is one
 * @param description one line on what was prepared
 */
record PreparedData(
    RunSpec.Data data, ModelConfig model, Optional<RewardFunction> reward, String description) {}
