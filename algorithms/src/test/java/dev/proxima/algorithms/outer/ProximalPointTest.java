package dev.proxima.algorithms.outer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A policy is one number here, and its proximal step adds 1 to the reference. */
class ProximalPointTest {

  private static final Extrapolator<Double> ON_THE_LINE =
      (next, anchor, alpha) -> next + alpha * (next - anchor);

  @Test
  void takesMomentumFromTheProximalSolutions() {
    Trajectory<Double> run = run(0.5, MomentumFrom.PROXIMAL);

    // 1 + (1 - 0)/2 = 1.5; 2.5 + (2.5 - 1)/2 = 3.25; 4.25 + (4.25 - 2.5)/2 = 5.125.
    assertThat(run.proximal()).containsExactly(0.0, 1.0, 2.5, 4.25);
    assertThat(run.extrapolated()).containsExactly(0.0, 1.5, 3.25, 5.125);
    assertThat(run.result()).isEqualTo(4.25);
  }

  @Test
  void takesMomentumFromTheExtrapolatedPolicies() {
    Trajectory<Double> run = run(0.5, MomentumFrom.EXTRAPOLATED);

    // 1 + (1 - 0)/2 = 1.5; 2.5 + (2.5 - 1.5)/2 = 3; 4 + (4 - 3)/2 = 4.5.
    assertThat(run.proximal()).containsExactly(0.0, 1.0, 2.5, 4.0);
    assertThat(run.extrapolated()).containsExactly(0.0, 1.5, 3.0, 4.5);
    assertThat(run.result()).isEqualTo(4);
  }

  @Test
  void isThePlainIterationWithoutAlpha() {
    for (MomentumFrom momentumFrom : MomentumFrom.values()) {
      Trajectory<Double> run = run(0, momentumFrom);

      assertThat(run.proximal()).containsExactly(0.0, 1.0, 2.0, 3.0);
      assertThat(run.extrapolated()).isEqualTo(run.proximal());
    }
  }

  @Test
  void startsTheInnerTrainingWhereItIsTold() {
    assertThat(starts(InnerStart.REFERENCE)).containsExactly(0.0, 1.5, 3.25);
    assertThat(starts(InnerStart.PROXIMAL)).containsExactly(0.0, 1.0, 2.5);
  }

  @Test
  void numbersItsIterationsFromZero() {
    List<Integer> iterations = new ArrayList<>();
    ProximalPoint.run(
        new OuterLoop(3, 0.5, MomentumFrom.PROXIMAL, InnerStart.REFERENCE),
        0.0,
        (t, reference, start) -> {
          iterations.add(t);
          return reference + 1;
        },
        ON_THE_LINE);

    assertThat(iterations).containsExactly(0, 1, 2);
  }

  private static Trajectory<Double> run(double alpha, MomentumFrom momentumFrom) {
    return ProximalPoint.run(
        new OuterLoop(3, alpha, momentumFrom, InnerStart.REFERENCE),
        0.0,
        (t, reference, start) -> reference + 1,
        ON_THE_LINE);
  }

  private static List<Double> starts(InnerStart innerStart) {
    List<Double> starts = new ArrayList<>();
    ProximalPoint.run(
        new OuterLoop(3, 0.5, MomentumFrom.PROXIMAL, innerStart),
        0.0,
        (t, reference, start) -> {
          starts.add(start);
          return reference + 1;
        },
        ON_THE_LINE);
    return starts;
  }
}
