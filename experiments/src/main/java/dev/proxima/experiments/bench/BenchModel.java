package dev.proxima.experiments.bench;

import dev.proxima.models.ModelConfig;
import dev.proxima.models.ModelFolder;
import dev.proxima.models.djl.TorchEngine;
import dev.proxima.models.tokenizer.ByteLevelBpe;
import dev.proxima.models.tokenizer.ChatFormat;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A named random shape to measure. Speed does not depend on the values of the parameters, so they
 * are drawn.
 */
public enum BenchModel {
  /** The quickstart's. */
  TINY("1m", 128, 344, 4, 4, 2, 1024),
  /** For a few CPU cores. */
  SMALL("25m", 512, 1408, 8, 8, 4, 4096),
  /** SmolLM-135M's. */
  MEDIUM("135m", 576, 1536, 30, 9, 3, 49152);

  private static final int LONGEST = 1024;
  private static final int SEED = 17;
  private static final int BYTES_AND_SPECIAL_TOKENS = 256 + ChatFormat.SPECIAL_TOKENS.size();

  private final String label;
  private final ModelConfig config;

  BenchModel(
      String label,
      int hidden,
      int intermediate,
      int layers,
      int heads,
      int kvHeads,
      int vocabulary) {
    this.label = label;
    config =
        ModelConfig.llama(
            vocabulary,
            hidden,
            intermediate,
            layers,
            heads,
            kvHeads,
            LONGEST,
            1e-5,
            10_000,
            true,
            0,
            0,
            1);
  }

  /** What a user calls it. */
  public String label() {
    return label;
  }

  ModelConfig config() {
    return config;
  }

  /** The labels of all shapes, joined by commas. */
  public static String labels() {
    return Arrays.stream(values()).map(BenchModel::label).collect(Collectors.joining(", "));
  }

  /**
   * The shape of that label.
   *
   * @throws IllegalArgumentException if there is none; one line that names those there are
   */
  public static BenchModel of(String label) {
    return Arrays.stream(values())
        .filter(shape -> shape.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException("unknown shape '" + label + "'; known: " + labels()));
  }

  /** Writes a model of this shape below {@code work}, with a tokenizer that nothing reads. */
  ModelFolder write(TorchEngine engine, Path work) {
    Path parameters = work.resolve("parameters.safetensors");
    Path tokenizer = work.resolve("tokenizer.json");
    engine.initialise(config, SEED, parameters);
    ByteLevelBpe.train(List.of("a"), BYTES_AND_SPECIAL_TOKENS, ChatFormat.SPECIAL_TOKENS)
        .write(tokenizer);
    return ModelFolder.save(work.resolve("model"), config, parameters, tokenizer);
  }
}
