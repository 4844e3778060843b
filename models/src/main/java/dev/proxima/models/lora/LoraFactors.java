package dev.proxima.models.lora;

import java.nio.FloatBuffer;

/**
 * What an adapter adds to one linear layer: scale times up times down.
 *
 * @param down A, [rank, inputs], in row-major order
 * @param up B, [outputs, rank], in row-major order
 */
public record LoraFactors(LoraModule module, int rank, FloatBuffer down, FloatBuffer up) {

  public LoraFactors {
    require(down, "A", (long) rank * module.inputs(), module);
    require(up, "B", (long) module.outputs() * rank, module);
  }

  private static void require(FloatBuffer factor, String name, long size, LoraModule module) {
    if (factor.remaining() != size) {
      throw new IllegalArgumentException(
          "%s of %s has %d elements, not %d"
              .formatted(name, module.name(), factor.remaining(), size));
    }
  }
}
