package dev.proxima.experiments.reviews;

import dev.proxima.algorithms.random.RandomStream;
import java.util.List;

/** Takes the draws of a stream one after another. */
final class Draws {

  private final RandomStream stream;
  private long position;

  Draws(RandomStream stream) {
    this.stream = stream;
  }

  /** Uniform in [0, 1). */
  double uniform() {
    return stream.uniform(position++);
  }

  /** Uniform in 0 .. bound - 1. */
  int below(int bound) {
    return stream.below(bound, position++);
  }

  <T> T pick(List<T> values) {
    return values.get(below(values.size()));
  }
}
