package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.Comparator;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The shape of objectives that couple the batch by sorting: the loss of rank k is of some chosen
 * and some rejected response, whichever have that rank.
 */
final class Couplings {

  private Couplings() {}

  /** The indices 0 to n - 1 by ascending {@code value}; equal ones in order. */
  static int[] ranked(int n, IntToDoubleFunction value) {
    return IntStream.range(0, n)
        .boxed()
        .sorted(Comparator.comparingDouble(value::applyAsDouble))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /**
   * Evaluates {@code loss} at every rank.
   *
   * @param chosen index of the pair whose chosen response has rank k, shape [n]
   * @param rejected the same for rejected responses, shape [n]
   */
  static LossAndGradient losses(int[] chosen, int[] rejected, IntFunction<Dual> loss) {
    LossAndGradient result = LossAndGradient.zeros(chosen.length);
    for (int k = 0; k < chosen.length; k++) {
      Dual dual = loss.apply(k);
      result.losses()[k] = dual.value();
      result.gradChosen()[chosen[k]] = dual.byChosen();
      result.gradRejected()[rejected[k]] = dual.byRejected();
    }
    return result;
  }
}
