package dev.proxima.actors.node;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.ModelEngine;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The frozen models on one device, shared by its sampler and its reference actor, so that theta_t
 * is there once. Keeps the two most recently used: in turn, the current policy and the fine-tuned
 * model that it is compared with.
 */
final class DeviceModels {

  private static final int CAPACITY = 2;

  private final ModelEngine engine;
  private final ModelConfig config;
  private final ComputeDevice device;
  private final Map<ArtifactId, LanguageModel> resident = new LinkedHashMap<>(4, 0.75f, true);

  DeviceModels(ModelEngine engine, ModelConfig config, ComputeDevice device) {
    this.engine = engine;
    this.config = config;
    this.device = device;
  }

  /** Applies {@code use} to the model, which is loaded where it is not resident; one at a time. */
  synchronized <R> R with(ArtifactId id, Path parameters, Function<LanguageModel, R> use) {
    LanguageModel model = resident.get(id);
    if (model == null) {
      makeRoom();
      model = engine.load(parameters, config, device);
      resident.put(id, model);
    }
    return use.apply(model);
  }

  private void makeRoom() {
    if (resident.size() >= CAPACITY) {
      var oldest = resident.entrySet().iterator().next();
      resident.remove(oldest.getKey());
      oldest.getValue().close();
    }
  }

  synchronized void close() {
    resident.values().forEach(LanguageModel::close);
    resident.clear();
  }
}
