package dev.proxima.models.djl;

import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.RewardHead;
import dev.proxima.models.architecture.Part;
import dev.proxima.models.safetensors.SafetensorsWriter;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;

/**
 * Fresh parameters: matrices normal with standard deviation 0.02, norms 1, biases 0. The
 * projections that write into the residual stream are scaled by 1 / sqrt(2 * layers), so that its
 * variance does not grow with depth (GPT-2; Radford et al. 2019, section 2.3).
 */
final class Initialiser {

  private static final double STANDARD_DEVIATION = 0.02;

  private Initialiser() {}

  static void write(ModelConfig config, long seed, Path safetensors) {
    TensorNames names = new TensorNames(config);
    SortedMap<String, long[]> shapes = names.shapes();
    double residualScale = 1 / Math.sqrt(2.0 * config.layers());
    float norm = config.norm().centred() ? 0 : 1;
    SafetensorsWriter.write(
        safetensors,
        shapes,
        name -> {
          long[] shape = shapes.get(name);
          Part part = names.parts().get(name);
          if (shape.length == 1) {
            return constant(shape, part.name().endsWith("_BIAS") ? 0 : norm);
          }
          boolean residual = part == Part.ATTENTION_OUTPUT || part == Part.DOWN;
          return draw(name, shape, seed, STANDARD_DEVIATION * (residual ? residualScale : 1));
        },
        Map.of("format", "pt"));
  }

  /** A fresh reward head. */
  static FloatBuffer draw(RewardHead head, String name, long[] shape) {
    return draw(name, shape, head.seed(), head.deviation());
  }

  private static FloatBuffer constant(long[] shape, float value) {
    float[] values = new float[Math.toIntExact(shape[0])];
    Arrays.fill(values, value);
    return FloatBuffer.wrap(values);
  }

  private static FloatBuffer draw(String name, long[] shape, long seed, double deviation) {
    float[] values = new float[Math.toIntExact(Math.multiplyExact(shape[0], shape[1]))];
    RandomStream stream = RandomStream.of(seed, name);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * stream.gaussian(i));
    }
    return FloatBuffer.wrap(values);
  }
}
