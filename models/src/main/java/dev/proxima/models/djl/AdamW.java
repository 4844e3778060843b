package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019) as PyTorch computes it, with beta =
 * (0.9, 0.999) and epsilon = 1e-8. Matrices decay, vectors do not.
 */
final class AdamW {

  // Floats, as the native kernel takes them: the bias corrections must use the same values.
  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.999f;
  private static final double EPSILON = 1e-8;
  private static final float NO_CLAMP = -1;

  /** A parameter with the running means of its gradient and squared gradient. */
  private record Slot(PtNDArray parameter, PtNDArray mean, PtNDArray variance) {}

  private final NDManager manager;
  private final List<Slot> slots = new ArrayList<>();
  private final double weightDecay;
  private final double maxGradNorm;
  private int steps;

  /**
   * @param parameters require gradients; the state lives in {@code manager}
   * @param maxGradNorm bound of the global L2 norm of the gradient; 0 for none
   */
  AdamW(NDManager manager, List<NDArray> parameters, double weightDecay, double maxGradNorm) {
    this.manager = manager;
    this.weightDecay = weightDecay;
    this.maxGradNorm = maxGradNorm;
    for (NDArray parameter : parameters) {
      slots.add(
          new Slot(
              (PtNDArray) parameter,
              (PtNDArray) manager.zeros(parameter.getShape()),
              (PtNDArray) manager.zeros(parameter.getShape())));
    }
  }

  /** Forgets the gradients. */
  void zeroGradients() {
    slots.forEach(slot -> JniUtils.zeroGrad(slot.parameter()));
  }

  /** The number of steps made. */
  int steps() {
    return steps;
  }

  /**
   * One step in place, on every parameter's gradient. Call it with {@link GradMode#off}.
   *
   * @return the gradient's global L2 norm before clipping
   * @throws ArithmeticException when that is not finite; the parameters are then unchanged
   */
  double step(double learningRate) {
    try (NDManager scope = manager.newSubManager()) {
      List<PtNDArray> gradients = new ArrayList<>();
      for (Slot slot : slots) {
        PtNDArray gradient = JniUtils.getGradient(slot.parameter());
        gradient.attach(scope);
        gradients.add(gradient);
      }
      double norm = norm(gradients);
      if (!Double.isFinite(norm)) {
        throw new ArithmeticException(
            "the gradient of step "
                + (steps + 1)
                + " is not finite; lower the learning rate or clip the gradient");
      }
      double clip = maxGradNorm > 0 ? Math.min(1, maxGradNorm / (norm + 1e-6)) : 1;
      steps++;
      for (int i = 0; i < slots.size(); i++) {
        update(slots.get(i), gradients.get(i), learningRate, clip);
      }
      return norm;
    }
  }

  private void update(Slot slot, PtNDArray gradient, double learningRate, double clip) {
    double correction1 = 1 - StrictMath.pow(BETA1, steps);
    double correction2 = Math.sqrt(1 - StrictMath.pow(BETA2, steps));
    boolean matrix = slot.parameter().getShape().dimension() > 1;
    JniUtils.adamUpdate(
        slot.parameter(),
        gradient,
        slot.mean(),
        slot.variance(),
        (float) learningRate,
        (float) (learningRate * correction2 / correction1),
        matrix ? (float) weightDecay : 0,
        (float) clip,
        NO_CLAMP,
        BETA1,
        BETA2,
        (float) (EPSILON * correction2),
        true);
  }

  private static double norm(List<PtNDArray> gradients) {
    NDList norms = new NDList(gradients.size());
    gradients.forEach(gradient -> norms.add(gradient.norm()));
    double squares = 0;
    for (float norm : NDArrays.stack(norms).toFloatArray()) {
      squares += (double) norm * norm;
    }
    return Math.sqrt(squares);
  }
}
