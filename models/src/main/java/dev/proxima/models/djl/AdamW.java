package dev.proxima.models.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.proxima.models.OptimiserOptions;
import java.util.List;

/** {@link OptimiserOptions.AdamW} in one native kernel. */
final class AdamW implements Optimiser {

  private static final float NO_CLAMP = -1;

  // Floats, as the native kernel takes them: the bias corrections must use the same values.
  private final float beta1;
  private final float beta2;
  private final double epsilon;

  AdamW(OptimiserOptions.AdamW options) {
    beta1 = (float) options.beta1();
    beta2 = (float) options.beta2();
    epsilon = options.epsilon();
  }

  @Override
  public List<String> state() {
    return List.of("mean", "variance");
  }

  @Override
  public void update(PtNDArray parameter, PtNDArray gradient, List<PtNDArray> state, Step step) {
    double correction1 = 1 - StrictMath.pow(beta1, step.number());
    double correction2 = Math.sqrt(1 - StrictMath.pow(beta2, step.number()));
    JniUtils.adamUpdate(
        parameter,
        gradient,
        state.get(0),
        state.get(1),
        (float) step.learningRate(),
        (float) (step.learningRate() * correction2 / correction1),
        (float) step.weightDecay(),
        (float) step.clip(),
        NO_CLAMP,
        beta1,
        beta2,
        (float) (epsilon * correction2),
        true);
  }
}
