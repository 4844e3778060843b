package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.function.IntFunction;

/** The shape of most objectives: the loss of a pair depends on that pair alone. */
final class PerPair {

  private PerPair() {}

  /** Evaluates {@code loss} at every pair's index. */
  static LossAndGradient losses(PairLogps logps, IntFunction<Dual> loss) {
    LossAndGradient result = LossAndGradient.zeros(logps.size());
    for (int i = 0; i < logps.size(); i++) {
      Dual dual = loss.apply(i);
      result.losses()[i] = dual.value();
      result.gradChosen()[i] = dual.byChosen();
      result.gradRejected()[i] = dual.byRejected();
    }
    return result;
  }
}
