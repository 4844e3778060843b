package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import dev.proxima.models.OptimiserOptions;
import java.util.List;

/** The rule by which an optimiser updates a parameter; {@link ParameterUpdate} holds its state. */
interface Optimiser {

  /** The names of what it keeps for each parameter: arrays of the parameter's shape, at first 0. */
  List<String> state();

  /**
   * Updates one parameter and its state in place.
   *
   * @param gradient belongs to this update alone, and its manager is closed afterwards; so it may
   *     change, and temporary arrays are attached to that manager
   * @param state in the order of {@link #state()}
   */
  void update(PtNDArray parameter, PtNDArray gradient, List<PtNDArray> state, Step step);

  /**
   * What a step has in common for its parameters but for the decay.
   *
   * @param number 1 for the first
   * @param clip factor to multiply the gradient by, in (0, 1]
   * @param weightDecay of the parameter in question
   */
  record Step(int number, double learningRate, double clip, double weightDecay) {

    /** The clipped gradient plus the weight decay, written over {@code gradient}. */
    PtNDArray decayed(PtNDArray gradient, PtNDArray parameter) {
      if (clip < 1) {
        gradient.muli(clip);
      }
      if (weightDecay > 0) {
        gradient.addi(scoped(parameter.mul(weightDecay), gradient));
      }
      return gradient;
    }
  }

  static Optimiser of(OptimiserOptions options) {
    if (options instanceof OptimiserOptions.AdamW adamW) {
      return new AdamW(adamW);
    } else if (options instanceof OptimiserOptions.RmsProp rmsProp) {
      return new RmsProp(rmsProp);
    }
    return new Sgd((OptimiserOptions.Sgd) options);
  }

  /** A temporary array, to be freed with {@code other}. */
  static NDArray scoped(NDArray temporary, NDArray other) {
    temporary.attach(other.getManager());
    return temporary;
  }
}
