package dev.proxima.algorithms.spo;

import dev.proxima.algorithms.objective.AbsoluteProbability;
import dev.proxima.algorithms.objective.PreferenceObjective;
import dev.proxima.algorithms.objective.SftExcess;
import dev.proxima.algorithms.objective.SftValue;
import dev.proxima.algorithms.objective.WeightedSum;
import java.util.ArrayList;
import java.util.List;

/**
 * Stable preference optimisation (Jian et al. 2025, arXiv 2507.07723) over any pairwise objective
 * X: minimise X where supervised fine-tuning on the preferred responses leaves one. What the form
 * does not use is kept unused.
 *
 * @param form how the lower level holds the upper one
 * @param value v of the penalty and of the barrier
 * @param lambda weight of the penalty, above 0
 * @param unrolled the inner steps
 * @param barrier the rule of the dynamic barrier
 * @param regulariser a further term, with any form and with none
 */
public record Spo(
    Form form,
    SftValue value,
    double lambda,
    LowerLevel.Unrolled unrolled,
    DynamicBarrier barrier,
    Regulariser regulariser) {

  /** How the bilevel problem becomes one of a single level. */
  public enum Form {
    /** It does not: the lower level is left out. */
    NONE,
    /** The preference gradient is taken after inner SFT steps ({@link LowerLevel.Unrolled}). */
    UNROLLED,
    /** X + lambda max(0, L_SFT - v) ({@link SftExcess}). */
    PENALTY,
    /** lambda is chosen anew in each step ({@link DynamicBarrier}). */
    DYNAMIC_BARRIER
  }

  /** The plain objective. */
  public static final Spo NONE = of(Form.NONE);

  public Spo {
    Require.positive("lambda", lambda);
  }

  /**
   * A form with one inner step of 0.01, lambda = 1, the reference's L_SFT as v, a barrier of rate
   * 100 and share 1, and no regulariser.
   */
  public static Spo of(Form form) {
    return new Spo(
        form,
        SftValue.REFERENCE,
        1,
        new LowerLevel.Unrolled(1, 0.01),
        new DynamicBarrier(100, 1),
        Regulariser.NONE);
  }

  /** With other inner steps. */
  public Spo with(LowerLevel.Unrolled unrolled) {
    return new Spo(form, value, lambda, unrolled, barrier, regulariser);
  }

  /** With another regulariser. */
  public Spo with(Regulariser regulariser) {
    return new Spo(form, value, lambda, unrolled, barrier, regulariser);
  }

  /** The objective with the terms that are added to it; itself where there are none. */
  public PreferenceObjective over(PreferenceObjective objective) {
    List<WeightedSum.Term> terms = new ArrayList<>();
    terms.add(new WeightedSum.Term(1, objective));
    if (form == Form.PENALTY) {
      terms.add(new WeightedSum.Term(lambda, new SftExcess(value)));
    }
    if (regulariser.weight() > 0) {
      terms.add(
          new WeightedSum.Term(
              regulariser.weight(), new AbsoluteProbability(regulariser.aggregation())));
    }
    return terms.size() == 1 ? objective : new WeightedSum(terms);
  }

  /** What remains for the trainer to do. */
  public LowerLevel lowerLevel() {
    return switch (form) {
      case NONE, PENALTY -> LowerLevel.NONE;
      case UNROLLED -> unrolled;
      case DYNAMIC_BARRIER -> new LowerLevel.Constrained(value, barrier);
    };
  }
}
