package dev.proxima.algorithms.outer;

import java.util.ArrayList;
import java.util.List;

/**
 * The accelerated proximal-point method for policies of any kind P (He, Yuan and Gu 2024, arXiv
 * 2410.06293, Algorithm 1).
 */
public final class ProximalPoint {

  private ProximalPoint() {}

  /** Runs the outer loop from {@code initial}, which is pi_ref = pi_0 = pihat_0. */
  public static <P> Trajectory<P> run(
      OuterLoop loop, P initial, ProximalStep<P> step, Extrapolator<P> extrapolator) {
    P proximal = initial;
    P extrapolated = initial;
    List<P> allProximal = new ArrayList<>(List.of(initial));
    List<P> allExtrapolated = new ArrayList<>(List.of(initial));
    for (int t = 0; t < loop.iterations(); t++) {
      P start = loop.innerStart().start(proximal, extrapolated);
      P anchor = loop.momentumFrom().anchor(proximal, extrapolated);
      P next = step.solve(t, extrapolated, start);
      extrapolated = extrapolator.extrapolate(next, anchor, loop.alpha());
      proximal = next;
      allProximal.add(proximal);
      allExtrapolated.add(extrapolated);
    }
    return new Trajectory<>(allProximal, allExtrapolated);
  }
}
