package dev.proxima.algorithms.objective;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.DoubleStream;

/**
 * A weighted sum of objectives, such as DPO + 0.2 SFT; in a configuration {@code "dpo + 0.2 sft"}.
 *
 * @param terms at least one
 */
public record WeightedSum(List<Term> terms) implements PreferenceObjective {

  /**
   * One summand.
   *
   * @param weight above 0
   */
  public record Term(double weight, PreferenceObjective objective) {

    public Term {
      Require.positive("the weight of a term", weight);
    }
  }

  public WeightedSum {
    terms = List.copyOf(terms);
    if (terms.isEmpty()) {
      throw new IllegalArgumentException("a sum of objectives needs at least one term");
    }
  }

  @Override
  public boolean couplesBatch() {
    return terms.stream().anyMatch(term -> term.objective().couplesBatch());
  }

  @Override
  public Set<PairDetail> needs() {
    Set<PairDetail> needs = EnumSet.noneOf(PairDetail.class);
    terms.forEach(term -> needs.addAll(term.objective().needs()));
    return needs;
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    return terms.stream()
        .map(term -> weighted(term, logps))
        .reduce(LossAndGradient::plus)
        .orElseThrow();
  }

  private static LossAndGradient weighted(Term term, PairLogps logps) {
    double[] weights = DoubleStream.generate(term::weight).limit(logps.size()).toArray();
    return term.objective().apply(logps).times(weights);
  }
}
