package dev.proxima.experiments.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.typesafe.config.Config;
import dev.proxima.actors.artifacts.ArtifactId;
import java.nio.file.Path;
import java.util.List;

/** What {@code proxima run} is told to do, as one of the tasks that there are. */
public sealed interface RunConfig permits ExperimentConfig, PairsConfig {

  /** The run's folder. */
  Path out();

  /** All keys with their values as HOCON, sorted: {@code config.resolved.conf}. */
  String resolved();

  /**
   * SHA-256, in hexadecimal, of what the result depends on. Two configurations with the same
   * fingerprint describe the same experiment.
   */
  String fingerprint();

  /** The values of {@code task}. */
  enum Task {
    APO,
    PREFERENCE,
    REWARD_MODEL
  }

  /**
   * Reads a file, with {@code overrides} over it and the defaults below it.
   *
   * @throws dev.proxima.experiments.UserError one line that names file, key, value and the mend
   */
  static RunConfig load(Path file, Overrides overrides) {
    Config config = ConfigLayers.checked(file, overrides);
    return switch (new Section("", config).choice("task", Task.class)) {
      case APO -> ExperimentConfig.of(config);
      case PREFERENCE -> PreferenceConfig.of(config);
      case REWARD_MODEL -> RewardModelConfig.of(config);
    };
  }

  /** The fingerprint of values that Jackson can write. */
  static String fingerprint(List<Object> parts) {
    try {
      return ArtifactId.of(JsonMapper.builder().build().writeValueAsBytes(parts)).sha256();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
