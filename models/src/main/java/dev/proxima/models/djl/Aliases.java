package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Arrays by other names, one for each: they share the memory of the array, or are copies where the
 * manager's device is another one, and have gradients of their own.
 */
@SuppressWarnings("try") // GradMode is held, never used
final class Aliases {

  private final NDManager manager;
  private final Map<NDArray, PtNDArray> aliases = new IdentityHashMap<>();

  /**
   * @param manager owns the aliases
   */
  Aliases(NDManager manager) {
    this.manager = manager;
  }

  PtNDArray of(NDArray array) {
    return aliases.computeIfAbsent(array, this::alias);
  }

  PtNDArray[] of(PtNDArray[] arrays) {
    return Arrays.stream(arrays).map(this::of).toArray(PtNDArray[]::new);
  }

  List<NDArray> of(List<NDArray> arrays) {
    return arrays.stream().<NDArray>map(this::of).toList();
  }

  private PtNDArray alias(NDArray array) {
    try (GradMode still = GradMode.off()) {
      NDArray alias =
          array.getDevice().equals(manager.getDevice())
              ? array.stopGradient()
              : Decoder.moved(array, manager);
      alias.attach(manager);
      return (PtNDArray) alias;
    }
  }
}
