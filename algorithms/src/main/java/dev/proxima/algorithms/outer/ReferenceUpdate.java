package dev.proxima.algorithms.outer;

import java.math.BigDecimal;
import java.util.Objects;

/**
 * How the next reference follows from a proximal solution: theta_{t+1} = thetahat_{t+1} + alpha_k
 * (thetahat_{t+1} - anchor). {@code toString} is a label for people.
 */
public sealed interface ReferenceUpdate {

  /** The alpha that leaves the reference as it is where the anchor is that reference. */
  double KEEP = -1;

  /**
   * alpha_k in [-1, 1).
   *
   * @param k counted from 1 at the start of the run or after its last restart
   */
  double alphaAt(int k);

  /** The anchor of iteration t, given its pihat_t and pi_t. */
  <P> P anchor(P proximal, P reference);

  /** Whether a held-out measure decides when to start anew. */
  boolean restarts();

  /**
   * Past the proximal solution: accelerated preference optimisation (He, Yuan and Gu 2024, arXiv
   * 2410.06293, Algorithm 1), and with alpha = 0 the plain iterative method.
   */
  record Extrapolated(ExtrapolationSchedule schedule, MomentumFrom momentumFrom, Restart restart)
      implements ReferenceUpdate {

    public Extrapolated {
      Objects.requireNonNull(schedule, "schedule");
      Objects.requireNonNull(momentumFrom, "momentumFrom");
      Objects.requireNonNull(restart, "restart");
    }

    @Override
    public double alphaAt(int k) {
      return schedule.alphaAt(k);
    }

    @Override
    public <P> P anchor(P proximal, P reference) {
      return momentumFrom.anchor(proximal, reference);
    }

    @Override
    public boolean restarts() {
      return restart == Restart.HELD_OUT;
    }

    @Override
    public String toString() {
      boolean named = schedule instanceof ExtrapolationSchedule.Accelerated;
      return (named ? "" : "alpha = ") + schedule + (restarts() ? ", restart" : "");
    }
  }

  /**
   * Part of the way to the proximal solution, an exponential moving average: theta_{t+1} = weight
   * thetahat_{t+1} + (1 - weight) theta_t in every {@code every}-th iteration, else theta_t. That
   * is alpha = weight - 1 with theta_t as the anchor.
   *
   * <p>Source: TR-DPO (Gorbatovski et al. 2024, "Learn your reference model for real good
   * alignment", arXiv 2404.09656), whose unit is a training step where it is an iteration here: the
   * soft update, and with weight 1 the hard one. Its policy trains on, which is {@link
   * InnerStart#PROXIMAL}.
   *
   * @param weight in (0, 1]
   * @param every at least 1
   */
  record MovingAverage(double weight, int every) implements ReferenceUpdate {

    public MovingAverage {
      if (!(weight > 0 && weight <= 1)) {
        throw new IllegalArgumentException(
            "the weight of a moving average must be in (0, 1], not " + weight);
      }
      if (every < 1) {
        throw new IllegalArgumentException(
            "a moving average must be updated every 1 or more iterations, not " + every);
      }
    }

    @Override
    public double alphaAt(int k) {
      return k % every == 0 ? weight - 1 : KEEP;
    }

    @Override
    public <P> P anchor(P proximal, P reference) {
      return reference;
    }

    @Override
    public boolean restarts() {
      return false;
    }

    @Override
    public String toString() {
      String text = "ema " + BigDecimal.valueOf(weight).stripTrailingZeros().toPlainString();
      return every == 1 ? text : text + " every " + every;
    }
  }
}
