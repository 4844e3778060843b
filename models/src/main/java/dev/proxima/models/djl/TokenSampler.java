package dev.proxima.models.djl;

import dev.proxima.models.SamplingOptions;
import java.util.Arrays;

/**
 * Draws a token from a distribution that is cut to its most probable tokens: the first k (top-k),
 * the nucleus (top-p; Holtzman et al. 2020), those not much less probable than the first (min-p;
 * Nguyen et al. 2024). The uniform draw goes through the inverse distribution function, in order of
 * token id. Not safe for several threads.
 */
final class TokenSampler {

  /** Tokens with a key up to {@code lastKey}: the most probable ones, of the given mass. */
  private record Prefix(long lastKey, double mass) {}

  private static final int BUCKETS = (Float.floatToIntBits(1) >>> 20) + 1;

  private final SamplingOptions options;
  private final double[] bucketMass = new double[BUCKETS];
  private final int[] bucketSize = new int[BUCKETS];
  private final long[] ranking;

  TokenSampler(SamplingOptions options, int vocabulary) {
    this.options = options;
    ranking = new long[vocabulary];
  }

  /**
   * A token of those that the options leave, which are ordered by probability, then by id.
   *
   * @param probabilities shape [vocabulary], of any sum
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
    Prefix kept = new Prefix(Long.MAX_VALUE, total);
    boolean fewer = options.topK() > 0 && options.topK() < probabilities.length;
    if (fewer || options.topP() < 1) {
      fillBuckets(probabilities);
      if (fewer) {
        kept = prefix(probabilities, options.topK(), Double.POSITIVE_INFINITY);
      }
      if (options.topP() < 1) {
        kept = prefix(probabilities, Integer.MAX_VALUE, options.topP() * kept.mass());
      }
    }
    if (options.minP() > 0) {
      kept = atLeast(probabilities, kept, options.minP());
    }
    return invert(probabilities, kept, uniform * kept.mass());
  }

  /**
   * Sums by bucket of like probability, so that only the bucket in which a prefix ends has to be
   * sorted.
   */
  private void fillBuckets(float[] probabilities) {
    Arrays.fill(bucketMass, 0);
    Arrays.fill(bucketSize, 0);
    for (float probability : probabilities) {
      int bucket = bucket(probability);
      bucketMass[bucket] += probability;
      bucketSize[bucket]++;
    }
  }

  /** The most probable tokens until they are {@code size} or their mass reaches {@code wanted}. */
  private Prefix prefix(float[] probabilities, int size, double wanted) {
    double mass = 0;
    long count = 0;
    int last = BUCKETS - 1;
    while (last > 0 && mass + bucketMass[last] < wanted && count + bucketSize[last] < size) {
      count += bucketSize[last];
      mass += bucketMass[last--];
    }
    int candidates = rank(probabilities, last);
    long lastKey = Long.MAX_VALUE;
    for (int i = 0; i < candidates && mass < wanted && count < size; i++, count++) {
      lastKey = ranking[i];
      mass += probabilities[(int) lastKey];
    }
    return new Prefix(lastKey, mass);
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

  /** Those of a prefix that are at least {@code share} as probable as the first. */
  private static Prefix atLeast(float[] probabilities, Prefix prefix, double share) {
    float most = 0;
    for (float probability : probabilities) {
      most = Math.max(most, probability);
    }
    // The largest key of such a probability: any token of the least probability that is kept.
    float least = (float) (share * most);
    long lastKey = Math.min(prefix.lastKey(), key(least, Integer.MAX_VALUE));
    double mass = 0;
    for (int i = 0; i < probabilities.length; i++) {
      mass += key(probabilities[i], i) <= lastKey ? probabilities[i] : 0;
    }
    return new Prefix(lastKey, mass);
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

  /** The token of the prefix at which the running sum passes {@code target}. */
  private static int invert(float[] probabilities, Prefix prefix, double target) {
    double sum = 0;
    int last = 0;
    for (int i = 0; i < probabilities.length; i++) {
      if (probabilities[i] > 0 && key(probabilities[i], i) <= prefix.lastKey()) {
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
