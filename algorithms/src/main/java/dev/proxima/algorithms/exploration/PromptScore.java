package dev.proxima.algorithms.exploration;

import java.util.Arrays;

/**
 * How the rewards of a prompt's responses become the prompt's rank. The paper leaves it open; the
 * mean is the default.
 */
public enum PromptScore {
  /** The mean reward. */
  MEAN {
    @Override
    public double of(double[] rewards) {
      return Arrays.stream(rewards).average().orElseThrow();
    }
  },
  /** The highest reward. */
  BEST {
    @Override
    public double of(double[] rewards) {
      return Arrays.stream(rewards).max().orElseThrow();
    }
  },
  /** The lowest reward. */
  WORST {
    @Override
    public double of(double[] rewards) {
      return Arrays.stream(rewards).min().orElseThrow();
    }
  },
  /** The highest less the lowest: prompts whose responses are all alike teach little. */
  GAP {
    @Override
    public double of(double[] rewards) {
      return BEST.of(rewards) - WORST.of(rewards);
    }
  };

  /** The score of a prompt whose responses have these rewards, at least one. */
  public abstract double of(double[] rewards);
}
