package dev.proxima.models.djl;

import java.util.Arrays;

/**
 * Draws a token from a distribution cut to its nucleus (Holtzman et al. 2020): the uniform draw
 * goes through the inverse distribution function, in order of token id. Not safe for several
 * threads.
 */
final class TokenSampler {

  /** The smallest set of tokens that was asked for: those with a key up to {@code lastKey}. */
  private record Nucleus(long lastKey, double mass) {}

  private static final int BUCKETS = (Float.floatToIntBits(1) >>> 20) + 1;

  private final double topP;
  private final double[] bucketMass = new double[BUCKETS];
  private final long[] ranking;

  /**
   * @param topP in (0, 1]
   */
  TokenSampler(double topP, int vocabulary) {
    this.topP = topP;
    ranking = new long[vocabulary];
  }

  /**
   * A token of the smallest set of most probable tokens (by probability, then by id) whose mass
   * reaches {@code topP}.
   *
   * @param probabilities shape [vocabulary]
   * @param uniform in [0, 1)
   * @throws ArithmeticException when the probabilities are not finite
   */
  int draw(float[] probabilities, double uniform) {
    double total = 0;
    for (float probability : probabilities) {
      total += probability;
    }
    if (!(total > 0)) {
      throw new ArithmeticException("the model's logits are not finite; its parameters diverged");
    }
    Nucleus nucleus =
        topP < 1 ? nucleus(probabilities, topP * total) : new Nucleus(Long.MAX_VALUE, total);
    return invert(probabilities, nucleus, uniform * nucleus.mass());
  }

  /**
   * Sums the mass by bucket of like probability, so that only the bucket in which the nucleus ends
   * has to be sorted.
   */
  private Nucleus nucleus(float[] probabilities, double wanted) {
    Arrays.fill(bucketMass, 0);
    for (float probability : probabilities) {
      bucketMass[bucket(probability)] += probability;
    }
    double mass = 0;
    int last = BUCKETS - 1;
    while (last > 0 && mass + bucketMass[last] < wanted) {
      mass += bucketMass[last--];
    }
    int candidates = rank(probabilities, last);
    long lastKey = Long.MAX_VALUE;
    for (int i = 0; i < candidates && mass < wanted; i++) {
      lastKey = ranking[i];
      mass += probabilities[(int) lastKey];
    }
    return new Nucleus(lastKey, mass);
  }

  /** Sorts the tokens of a bucket, the most probable first, and returns their number. */
  private int rank(float[] probabilities, int bucket) {
    int count = 0;
    for (int i = 0; i < probabilities.length; i++) {
      if (bucket(probabilities[i]) == bucket) {
        ranking[count++] = key(probabilities[i], i);
      }
    }
    Arrays.sort(ranking, 0, count);
    return count;
  }

  /** The exponent and three bits of the mantissa: eight buckets for each factor of two. */
  private static int bucket(float probability) {
    return Math.min(Float.floatToIntBits(probability) >>> 20, BUCKETS - 1);
  }

  /**
   * Orders by falling probability, then rising id, which are the high and the low 32 bits: the bits
   * of a positive float rise with it.
   */
  private static long key(float probability, int id) {
    return (long) ~Float.floatToIntBits(probability) << 32 | id;
  }

  /** The token of the nucleus at which the running sum passes {@code target}. */
  private static int invert(float[] probabilities, Nucleus nucleus, double target) {
    double sum = 0;
    int last = 0;
    for (int i = 0; i < probabilities.length; i++) {
      if (probabilities[i] > 0 && key(probabilities[i], i) <= nucleus.lastKey()) {
        sum += probabilities[i];
        last = i;
        if (sum > target) {
          break;
        }
      }
    }
    return last;
  }
}
