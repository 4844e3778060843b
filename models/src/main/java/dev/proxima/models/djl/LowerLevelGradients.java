package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.proxima.algorithms.spo.DynamicBarrier;
import dev.proxima.algorithms.spo.LowerLevel;
import dev.proxima.algorithms.spo.PairGradients;
import java.util.List;
import java.util.function.Supplier;

/**
 * What SPO does with the gradients of a model's parameters. A pass is what adds a gradient, over
 * all micro-batches, to the gradients that the parameters hold; those are zero before the first.
 *
 * <p>Each method holds one copy of the size of the parameters while it runs.
 */
@SuppressWarnings("try") // GradMode is held, never used
final class LowerLevelGradients {

  private final NDManager manager;
  private final List<NDArray> parameters;

  /**
   * @param parameters require gradients
   */
  LowerLevelGradients(NDManager manager, List<NDArray> parameters) {
    this.manager = manager;
    this.parameters = parameters;
  }

  /**
   * Takes the preference gradient at theta+ ({@link LowerLevel.Unrolled}). The copy is of theta,
   * which is there again, bit for bit, when this returns or throws.
   *
   * @param sft adds the gradient of L_SFT
   * @param preference adds the preference gradient, which is left
   * @return what {@code preference} returns
   */
  <T> T unrolled(LowerLevel.Unrolled unrolled, Runnable sft, Supplier<T> preference) {
    try (GradMode still = GradMode.off();
        NDManager scope = manager.newSubManager()) {
      List<NDArray> theta = copies(parameters, scope);
      try {
        for (int k = 0; k < unrolled.steps(); k++) {
          sft.run();
          descend((float) unrolled.learningRate());
          zero();
        }
        return preference.get();
      } finally {
        for (int i = 0; i < parameters.size(); i++) {
          NDArray parameter = parameters.get(i);
          Ops.setRows(parameter, theta.get(i), 0, parameter.getShape().get(0));
        }
      }
    }
  }

  /**
   * Turns the gradient g, which the parameters hold, into g + lambda h ({@link DynamicBarrier}).
   * The copy is of g.
   *
   * @param sft adds h, the gradient of L_SFT
   * @param violation L_SFT - v
   * @return lambda
   */
  double constrain(DynamicBarrier barrier, Runnable sft, double violation) {
    try (GradMode still = GradMode.off();
        NDManager scope = manager.newSubManager()) {
      List<NDArray> g = copies(gradients(scope), scope);
      zero();
      sft.run();
      List<NDArray> h = gradients(scope);
      double lambda = barrier.multiplier(violation, product(g, h), product(h, h));
      for (int i = 0; i < g.size(); i++) {
        h.get(i).muli((float) lambda).addi(g.get(i));
      }
      return lambda;
    }
  }

  /**
   * Compares two gradients. The copy is of the first; no gradient is left.
   *
   * @param chosen adds the gradient of the mean of log pi(y_w|x)
   * @param rejected adds that of log pi(y_l|x)
   */
  PairGradients compare(Runnable chosen, Runnable rejected) {
    try (GradMode still = GradMode.off();
        NDManager scope = manager.newSubManager()) {
      chosen.run();
      List<NDArray> first = copies(gradients(scope), scope);
      zero();
      rejected.run();
      List<NDArray> second = gradients(scope);
      PairGradients compared =
          PairGradients.of(product(first, first), product(second, second), product(first, second));
      zero();
      return compared;
    }
  }

  private void descend(float learningRate) {
    try (NDManager scope = manager.newSubManager()) {
      List<NDArray> gradients = gradients(scope);
      for (int i = 0; i < gradients.size(); i++) {
        parameters.get(i).subi(gradients.get(i).muli(learningRate));
      }
    }
  }

  /** The gradients that the parameters hold, not copies of them. */
  private List<NDArray> gradients(NDManager scope) {
    return parameters.stream()
        .map(
            parameter -> {
              NDArray gradient = JniUtils.getGradient((PtNDArray) parameter);
              gradient.attach(scope);
              return gradient;
            })
        .toList();
  }

  private void zero() {
    parameters.forEach(parameter -> JniUtils.zeroGrad((PtNDArray) parameter));
  }

  private static List<NDArray> copies(List<NDArray> arrays, NDManager scope) {
    return arrays.stream()
        .map(
            array -> {
              NDArray copy = array.duplicate();
              copy.attach(scope);
              return copy;
            })
        .toList();
  }

  private static double product(List<NDArray> a, List<NDArray> b) {
    double product = 0;
    for (int i = 0; i < a.size(); i++) {
      try (NDArray elements = a.get(i).mul(b.get(i));
          NDArray sum = elements.sum()) {
        product += sum.getFloat();
      }
    }
    return product;
  }
}
