package dev.proxima.algorithms.random;

/**
 * A counter-based random stream: every draw is a hash of a key and a position, so a draw depends on
 * what it is for, never on which worker made it or on what was drawn before (design: everything is
 * replayable). The bits are those of SplitMix64 (Steele, Lea, Flood 2014) started from the key;
 * logarithms and cosines are {@link StrictMath}'s, the same on every machine.
 */
public record RandomStream(long key) {

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  /** The stream for {@code seed}, a purpose such as "sample", and its coordinates, in order. */
  public static RandomStream of(long seed, String purpose, long... coordinates) {
    long key = mix(seed + GOLDEN_GAMMA);
    for (int i = 0; i < purpose.length(); i++) {
      key = mix(key * 31 + purpose.charAt(i) + GOLDEN_GAMMA);
    }
    for (long coordinate : coordinates) {
      key = mix(mix(coordinate + GOLDEN_GAMMA) ^ (Long.rotateLeft(key, 23) + GOLDEN_GAMMA));
    }
    return new RandomStream(key);
  }

  /** 64 random bits at {@code position}. */
  public long bits(long position) {
    return mix(key + GOLDEN_GAMMA * (position + 1));
  }

  /** Uniform in [0, 1) with 53 bits. */
  public double uniform(long position) {
    return (bits(position) >>> 11) * 0x1.0p-53;
  }

  /** Uniform in 0 .. bound - 1 (relative bias below 2^-32 for any int bound). */
  public int below(int bound, long position) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound must be positive, not " + bound);
    }
    return (int) Math.multiplyHigh(bits(position) >>> 1, (long) bound << 1);
  }

  /** Standard normal, by Box and Muller; uses positions 2 * position and 2 * position + 1. */
  public double gaussian(long position) {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - uniform(2 * position)));
    return radius * StrictMath.cos(2 * Math.PI * uniform(2 * position + 1));
  }

  /** Standard Gumbel: -log(-log(u)), always finite. */
  public double gumbel(long position) {
    // 52 bits and a half: the middles of equal cells, exact in a double and never 0 or 1.
    double u = ((bits(position) >>> 12) + 0.5) * 0x1.0p-52;
    return -StrictMath.log(-StrictMath.log(u));
  }

  /** A permutation of 0 .. n - 1 (Fisher and Yates). */
  public int[] permutation(int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    for (int i = n - 1; i > 0; i--) {
      int j = below(i + 1, i);
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
    return order;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
