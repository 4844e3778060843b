package dev.proxima.models;

/**
 * The learning rate over a training. With a warm-up {@link WarmupFrom#ZERO from zero} it is that of
 * transformers' {@code get_constant_schedule_with_warmup}, {@code get_linear_...} and {@code
 * get_cosine_...}.
 *
 * @param peak the highest rate, above 0
 * @param warmupRatio share of the steps with linearly rising rate, in [0, 1); rounded up to steps
 * @param warmupFrom the rate of the warm-up's first step
 * @param schedule how the rate falls after the warm-up
 */
public record LearningRate(
    double peak, double warmupRatio, WarmupFrom warmupFrom, Schedule schedule) {

  /** Shape of the learning rate after the warm-up. */
  public enum Schedule {
    CONSTANT,
    LINEAR,
    COSINE
  }

  /** The rate of the first of n steps of warm-up. */
  public enum WarmupFrom {
    /** 0, so that this step changes nothing; the peak comes after the warm-up. */
    ZERO,
    /** An n-th of the peak, which the last of them has. */
    FIRST_STEP
  }

  public LearningRate {
    require(peak > 0 && Double.isFinite(peak), "the learning rate must be above 0, not " + peak);
    require(
        warmupRatio >= 0 && warmupRatio < 1,
        "the warm-up ratio must be in [0, 1), not " + warmupRatio);
  }

  /** The same rate in every step. */
  public static LearningRate constant(double rate) {
    return new LearningRate(rate, 0, WarmupFrom.FIRST_STEP, Schedule.CONSTANT);
  }

  /** The rate of 0-based {@code step} of {@code totalSteps}; linear and cosine end at 0. */
  public double at(int step, int totalSteps) {
    double warmupSteps = Math.ceil(warmupRatio * totalSteps);
    if (step < warmupSteps) {
      return peak * (step + (warmupFrom == WarmupFrom.ZERO ? 0 : 1)) / warmupSteps;
    }
    double done = (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
    return switch (schedule) {
      case CONSTANT -> peak;
      case LINEAR -> peak * (1 - done);
      case COSINE -> peak * 0.5 * (1 + StrictMath.cos(Math.PI * done));
    };
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
