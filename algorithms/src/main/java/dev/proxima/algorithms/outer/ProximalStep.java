package dev.proxima.algorithms.outer;

/** Solves the proximal problem of one iteration. */
@FunctionalInterface
public interface ProximalStep<P> {

  /**
   * pihat_{t+1}: the minimiser of the preference loss on responses sampled from {@code reference}.
   *
   * @param t the iteration, from 0
   * @param reference pi_t, which samples and is regularised towards
   * @param start where an iterative solver starts
   */
  P solve(int t, P reference, P start);
}
