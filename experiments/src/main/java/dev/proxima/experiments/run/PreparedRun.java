package dev.proxima.experiments.run;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.run.RewardSource;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.models.ModelConfig;

/**
 * What preparation has made of an experiment's data, as an artefact for whoever leads or serves the
 * run elsewhere.
 *
 * @param model the model's shape with the tokenizer's vocabulary
 * @param rewards the reward model that judges sampled responses, or null
 */
record PreparedRun(RunSpec.Data data, ModelConfig model, RewardSource rewards) {

  ArtifactId store(ArtifactStore store) {
    return JsonArtifacts.write(store, this);
  }

  static PreparedRun read(ArtifactStore store, ArtifactId id) {
    return JsonArtifacts.read(store, id, new TypeReference<>() {});
  }
}
