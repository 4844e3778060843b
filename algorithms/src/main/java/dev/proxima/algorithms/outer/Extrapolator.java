package dev.proxima.algorithms.outer;

/** Moves a policy on, past the next proximal solution or, with alpha below 0, not quite to it. */
@FunctionalInterface
public interface Extrapolator<P> {

  /** pi_{t+1}, proportional to next * (next / anchor)^alpha, or its likeness in parameters. */
  P extrapolate(P next, P anchor, double alpha);
}
