package dev.proxima.algorithms.outer;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;

/**
 * How far each iteration is extrapolated: alpha_1, alpha_2, ..., all in [0, 1). {@code toString} is
 * the text that {@link #parse} reads.
 */
public sealed interface ExtrapolationSchedule {

  /**
   * alpha_k.
   *
   * @param k counted from 1 at the start of the run or after its last {@link Restart}
   */
  double alphaAt(int k);

  /**
   * The schedule of a text: a number such as 0.3, a list such as [0, 0.3, 0.5], nesterov or fista.
   *
   * @throws IllegalArgumentException where the text is none of these or an alpha not in [0, 1)
   */
  static ExtrapolationSchedule parse(String text) {
    for (Accelerated sequence : Accelerated.values()) {
      if (sequence.toString().equals(text)) {
        return sequence;
      }
    }
    if (text.startsWith("[") && text.endsWith("]")) {
      String[] alphas = text.substring(1, text.length() - 1).split(",", -1);
      return new PerIteration(List.of(alphas).stream().map(ExtrapolationSchedule::number).toList());
    }
    return new Constant(number(text));
  }

  /** The same alpha in every iteration (He, Yuan and Gu 2024, arXiv 2410.06293, Algorithm 1). */
  record Constant(double alpha) implements ExtrapolationSchedule {

    public Constant {
      requireAlpha(alpha);
    }

    @Override
    public double alphaAt(int k) {
      return alpha;
    }

    @Override
    public String toString() {
      return text(alpha);
    }
  }

  /**
   * An alpha for each iteration.
   *
   * @param alphas at least one; the last goes on
   */
  record PerIteration(List<Double> alphas) implements ExtrapolationSchedule {

    public PerIteration {
      alphas = List.copyOf(alphas);
      if (alphas.isEmpty()) {
        throw new IllegalArgumentException("a schedule needs at least one alpha");
      }
      alphas.forEach(ExtrapolationSchedule::requireAlpha);
    }

    @Override
    public double alphaAt(int k) {
      return alphas.get(Math.min(k, alphas.size()) - 1);
    }

    @Override
    public String toString() {
      return alphas.stream().map(ExtrapolationSchedule::text).toList().toString();
    }
  }

  /** The sequences of accelerated gradient methods, which begin at 0 and rise towards 1. */
  enum Accelerated implements ExtrapolationSchedule {
    /**
     * alpha_k = (k - 1) / (k + 2), which Nesterov's sequence is close to (Su, Boyd and Candes 2016,
     * "A differential equation for modeling Nesterov's accelerated gradient method", section 1).
     */
    NESTEROV {
      @Override
      public double alphaAt(int k) {
        return (k - 1.0) / (k + 2.0);
      }
    },
    /**
     * alpha_k = (t_k - 1) / t_{k+1} with t_1 = 1 and t_{k+1} = (1 + sqrt(1 + 4 t_k^2)) / 2
     * (Nesterov 1983; Beck and Teboulle 2009, "A fast iterative shrinkage-thresholding algorithm",
     * equations 4.2 and 4.3).
     */
    FISTA {
      @Override
      public double alphaAt(int k) {
        double t = 1;
        for (int i = 1; i < k; i++) {
          t = after(t);
        }
        return (t - 1) / after(t);
      }
    };

    private static double after(double t) {
      return (1 + Math.sqrt(1 + 4 * t * t)) / 2;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static double number(String text) {
    return new BigDecimal(text.strip()).doubleValue();
  }

  private static String text(double alpha) {
    return BigDecimal.valueOf(alpha).stripTrailingZeros().toPlainString();
  }

  private static void requireAlpha(double alpha) {
    if (!(alpha >= 0 && alpha < 1)) {
      throw new IllegalArgumentException("alpha must be in [0, 1), not " + alpha);
    }
  }
}
