package dev.proxima.algorithms.theory;

/** A theorem about something that falls with the iterations, and how much faster with alpha. */
interface Experiment {

  /** The iterations that {@link #series} has values for. */
  double[] iterations(double alpha);

  /** What falls, on the random problem of a seed. */
  double[] series(long seed, double alpha);

  /** How fast it falls, as the theorem speaks of it. */
  double rate(double[] series, double alpha);

  /** The theorem's rate relative to that of alpha = 0. */
  double predicted(double alpha);
}
