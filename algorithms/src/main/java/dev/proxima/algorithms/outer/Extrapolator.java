package dev.proxima.algorithms.outer;

/** Moves a policy on, past the next proximal solution and away from an anchor. */
@FunctionalInterface
public interface Extrapolator<P> {

  /** pi_{t+1}, proportional to next * (next / anchor)^alpha, or its likeness in parameters. */
  P extrapolate(P next, P anchor, double alpha);
}
