package dev.proxima.models;

/**
 * A fresh head for a reward model, as transformers begins one: normal with mean 0.
 *
 * @param seed its draws derive from it
 * @param deviation the standard deviation, above 0
 */
public record RewardHead(long seed, double deviation) {

  public RewardHead {
    if (!(deviation > 0 && deviation < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the deviation of a reward head must be above 0 and finite, not " + deviation);
    }
  }
}
