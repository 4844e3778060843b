package dev.proxima.experiments.bench;

import dev.proxima.models.EngineOptions;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.OptimiserOptions;
import dev.proxima.models.TrainingMemory;
import dev.proxima.models.djl.MachinePeak;

/**
 * One thing that is measured, with the least time that it can take on a machine.
 *
 * @param kind what is done
 * @param rows sequences of a training step, or responses sampled together
 * @param prompt prompt tokens of each row, at least 1
 * @param response response tokens of each row
 */
record Workload(Kind kind, int rows, int prompt, int response) {

  /** What is done with a model. */
  enum Kind {
    /** Forward, backward and AdamW on all tokens of the rows. */
    TRAIN,
    /** Sampling at temperature 1 without truncation. */
    GENERATE
  }

  /** Such as "train 8 x 256". */
  String name() {
    return kind == Kind.TRAIN
        ? "train %d x %d".formatted(rows, prompt + response)
        : "generate, batch %d".formatted(rows);
  }

  /** Tokens that a second's rate counts: all that are trained on, or all that are sampled. */
  long tokens() {
    return (long) rows * (kind == Kind.TRAIN ? prompt + response : response);
  }

  /** What Proxima's training step of it holds, by count. */
  TrainingMemory trainingMemory(ModelConfig config) {
    return TrainingMemory.of(
        config,
        OptimiserOptions.AdamW.DEFAULT,
        EngineOptions.DEFAULT,
        tokens(),
        (long) rows * response);
  }

  /**
   * The floor in seconds. Training: 6 operations for each parameter of a matrix product and token
   * and those of causal attention, at the rate of a large matrix product. Generation: for each
   * position the slower of the operations and one read of all those parameters from memory.
   */
  double floorSeconds(ModelConfig config, MachinePeak peak) {
    double length = prompt + response;
    double attention =
        2.0 * config.layers() * config.heads() * config.headSize() * length * length * rows;
    if (kind == Kind.TRAIN) {
      return 3 * (2.0 * matrixParameters(config) * tokens() + attention) / peak.flops();
    }
    double operations = (2.0 * matrixParameters(config) * rows + attention / length) / peak.flops();
    double reading = Float.BYTES * matrixParameters(config) / peak.bytes();
    return response * Math.max(operations, reading);
  }

  /** Parameters that every token is multiplied with; an embedding is only looked up. */
  static double matrixParameters(ModelConfig config) {
    double d = config.hiddenSize();
    double attention = d * config.headSize() * (2.0 * config.heads() + 2.0 * config.kvHeads());
    double feedForward = (config.feedForward().gated() ? 3 : 2) * d * config.intermediateSize();
    return config.layers() * (attention + feedForward) + d * config.vocabSize();
  }
}
