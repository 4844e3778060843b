package dev.proxima.models.djl;

import static dev.proxima.models.djl.Optimiser.scoped;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import dev.proxima.models.OptimiserOptions;
import java.util.List;

/**
 * {@link OptimiserOptions.Sgd}. DJL's native kernel for it sums gradients times their learning
 * rates, which is another rule where the rate changes.
 */
final class Sgd implements Optimiser {

  private final OptimiserOptions.Sgd options;

  Sgd(OptimiserOptions.Sgd options) {
    this.options = options;
  }

  @Override
  public List<String> state() {
    return options.momentum() > 0 ? List.of("momentum") : List.of();
  }

  @Override
  public void update(PtNDArray parameter, PtNDArray gradient, List<PtNDArray> state, Step step) {
    NDArray g = step.decayed(gradient, parameter);
    if (options.momentum() == 0) {
      parameter.subi(g.muli(step.learningRate()));
      return;
    }
    // The first gradient enters undampened.
    double share = step.number() == 1 ? 1 : 1 - options.dampening();
    NDArray sum = state.get(0).muli(options.momentum()).addi(g.mul(share));
    if (options.nesterov()) {
      g.addi(scoped(sum.mul(options.momentum()), g));
      parameter.subi(g.muli(step.learningRate()));
    } else {
      parameter.subi(scoped(sum.mul(step.learningRate()), g));
    }
  }
}
