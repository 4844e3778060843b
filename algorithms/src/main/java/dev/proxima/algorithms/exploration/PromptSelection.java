package dev.proxima.algorithms.exploration;

import dev.proxima.algorithms.random.RandomStream;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Chooses the prompts that get new responses; the others keep what they have.
 *
 * @param rule which prompts
 * @param ratio rho, the share of the prompts, in (0, 1]; rounded up to whole prompts
 * @param score what {@link Rule#REWARD} ranks by
 * @param baseline whether a prompt's score is taken less that of its first responses. Rewards of a
 *     Bradley-Terry model are comparable within a prompt only, and this ranks by how much a prompt
 *     has gained
 */
public record PromptSelection(Rule rule, double ratio, PromptScore score, boolean baseline) {

  /** Every prompt gets new responses in every iteration. */
  public static final PromptSelection ALL =
      new PromptSelection(Rule.ALL, 1, PromptScore.MEAN, false);

  /** Which prompts are chosen. */
  public enum Rule {
    /** All of them, and each iteration has prompts of its own. */
    ALL,
    /** Those with the lowest score: OPTune. */
    REWARD,
    /** Any: OPTune's baseline. */
    RANDOM
  }

  public PromptSelection {
    if (!(ratio > 0 && ratio <= 1)) {
      throw new IllegalArgumentException("ratio must be in (0, 1], not " + ratio);
    }
  }

  /** Whether all prompts are chosen without looking. */
  public boolean choosesAll() {
    return rule == Rule.ALL;
  }

  /**
   * The chosen prompts, as rising indices. Prompts that rank alike are chosen at random.
   *
   * @param rewards of each prompt's latest responses, shape [prompts][responses], each at least one
   * @param first the same of its first responses
   * @param random draws of this iteration
   */
  public int[] select(List<double[]> rewards, List<double[]> first, RandomStream random) {
    int n = rewards.size();
    if (choosesAll()) {
      return IntStream.range(0, n).toArray();
    }
    double[] ranks =
        IntStream.range(0, n)
            .mapToDouble(i -> rule == Rule.RANDOM ? 0 : rank(rewards.get(i), first.get(i)))
            .toArray();
    return Arrays.stream(random.permutation(n))
        .boxed()
        .sorted(Comparator.comparingDouble(i -> ranks[i]))
        .limit((long) Math.ceil(ratio * n))
        .mapToInt(Integer::intValue)
        .sorted()
        .toArray();
  }

  private double rank(double[] rewards, double[] first) {
    return baseline ? score.of(rewards) - score.of(first) : score.of(rewards);
  }
}
