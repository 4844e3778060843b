package dev.proxima.algorithms.outer;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The accelerated proximal-point method for policies of any kind P (He, Yuan and Gu 2024, arXiv
 * 2410.06293, Algorithm 1).
 */
public final class ProximalPoint {

  private ProximalPoint() {}

  /**
   * Runs the outer loop from {@code initial}, which is pi_ref = pi_0 = pihat_0.
   *
   * @throws IllegalArgumentException where the loop restarts, which takes a held-out measure
   */
  public static <P> Trajectory<P> run(
      OuterLoop loop, P initial, ProximalStep<P> step, Extrapolator<P> extrapolator) {
    return run(
        loop,
        initial,
        step,
        extrapolator,
        policy -> {
          throw new IllegalArgumentException("an outer loop that restarts needs a measure");
        });
  }

  /**
   * Runs the outer loop from {@code initial}, which is pi_ref = pi_0 = pihat_0.
   *
   * @param heldOut what a restart goes by: a proximal solution's measure on held-out data, the
   *     larger the better. Not called where the loop does not restart; NaN is no fall
   */
  public static <P> Trajectory<P> run(
      OuterLoop loop,
      P initial,
      ProximalStep<P> step,
      Extrapolator<P> extrapolator,
      ToDoubleFunction<P> heldOut) {
    ReferenceUpdate update = loop.reference();
    P proximal = initial;
    P reference = initial;
    List<P> allProximal = new ArrayList<>(List.of(initial));
    List<P> allExtrapolated = new ArrayList<>(List.of(initial));
    int k = 0;
    for (int t = 0; t < loop.iterations(); t++) {
      P start = loop.innerStart().start(proximal, reference);
      P anchor = update.anchor(proximal, reference);
      P next = step.solve(t, reference, start);
      boolean fell =
          update.restarts() && heldOut.applyAsDouble(next) < heldOut.applyAsDouble(proximal);
      k = fell ? 0 : k + 1;
      reference = extrapolator.extrapolate(next, anchor, fell ? 0 : update.alphaAt(k));
      proximal = next;
      allProximal.add(proximal);
      allExtrapolated.add(reference);
    }
    return new Trajectory<>(allProximal, allExtrapolated);
  }
}
