package dev.proxima.models.djl;

import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.safetensors.SafetensorsWriter;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;

/**
 * Fresh parameters: matrices normal with standard deviation 0.02, norms 1. The projections that
 * write into the residual stream are scaled by 1 / sqrt(2 * layers), so that its variance does not
 * grow with depth (GPT-2; Radford et al. 2019, section 2.3).
 */
final class LlamaInitialiser {

  private static final double STANDARD_DEVIATION = 0.02;

  private LlamaInitialiser() {}

  static void write(ModelConfig config, long seed, Path safetensors) {
    SortedMap<String, long[]> shapes = LlamaLayout.shapes(config);
    double residualScale = 1 / Math.sqrt(2.0 * config.layers());
    SafetensorsWriter.write(
        safetensors,
        shapes,
        name -> draw(name, shapes.get(name), seed, residualScale),
        Map.of("format", "pt"));
  }

  private static FloatBuffer draw(String name, long[] shape, long seed, double residualScale) {
    float[] values =
        new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
    if (shape.length == 1) {
      Arrays.fill(values, 1);
      return FloatBuffer.wrap(values);
    }
    boolean residual =
        name.endsWith(LlamaLayout.ATTENTION_OUTPUT) || name.endsWith(LlamaLayout.DOWN);
    double deviation = STANDARD_DEVIATION * (residual ? residualScale : 1);
    RandomStream stream = RandomStream.of(seed, name);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * stream.gaussian(i));
    }
    return FloatBuffer.wrap(values);
  }
}
