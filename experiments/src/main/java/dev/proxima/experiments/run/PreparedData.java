package dev.proxima.experiments.run;

import dev.proxima.actors.run.RewardSource;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.models.ModelConfig;

/**
 * The data of a run, tokenised and stored.
 *
 * @param model the model's shape with the tokenizer's vocabulary
 * @param rewards the reward model that judges sampled responses, or null
 * @param description one line on what was prepared
 */
record PreparedData(
    RunSpec.Data data, ModelConfig model, RewardSource rewards, String description) {}
