package dev.proxima.models.djl;

import static dev.proxima.models.djl.Optimiser.scoped;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import dev.proxima.models.OptimiserOptions;
import java.util.ArrayList;
import java.util.List;

/** {@link OptimiserOptions.RmsProp}. */
final class RmsProp implements Optimiser {

  private final OptimiserOptions.RmsProp options;

  RmsProp(OptimiserOptions.RmsProp options) {
    this.options = options;
  }

  @Override
  public List<String> state() {
    List<String> names = new ArrayList<>(List.of("square"));
    if (options.centred()) {
      names.add("mean");
    }
    if (options.momentum() > 0) {
      names.add("momentum");
    }
    return names;
  }

  @Override
  public void update(PtNDArray parameter, PtNDArray gradient, List<PtNDArray> state, Step step) {
    NDArray g = step.decayed(gradient, parameter);
    NDArray direction = g.div(deviation(g, state).addi(options.epsilon()));
    if (options.momentum() == 0) {
      parameter.subi(direction.muli(step.learningRate()));
      return;
    }
    NDArray sum = state.get(state.size() - 1).muli(options.momentum()).addi(direction);
    parameter.subi(scoped(sum.mul(step.learningRate()), g));
  }

  /** The root of the running mean of the gradient's square or, centred, of its variance. */
  private NDArray deviation(NDArray g, List<PtNDArray> state) {
    double share = 1 - options.alpha();
    NDArray square = state.get(0).muli(options.alpha()).addi(g.mul(g).muli(share));
    if (!options.centred()) {
      return scoped(square.sqrt(), g);
    }
    NDArray mean = state.get(1);
    mean.addi(g.sub(mean).muli(share));
    return scoped(square.sub(scoped(mean.square(), g)), g).sqrt();
  }
}
