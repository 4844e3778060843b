package dev.proxima.algorithms.outer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.proxima.algorithms.outer.ExtrapolationSchedule.Accelerated;
import dev.proxima.algorithms.outer.ExtrapolationSchedule.Constant;
import dev.proxima.algorithms.outer.ExtrapolationSchedule.PerIteration;
import dev.proxima.algorithms.outer.ReferenceUpdate.Extrapolated;
import dev.proxima.algorithms.outer.ReferenceUpdate.MovingAverage;
import dev.proxima.algorithms.tabular.TabularPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        OuterLoop.accelerated(3, 0.5),
        0.0,
        (t, reference, start) -> {
          iterations.add(t);
          return reference + 1;
        },
        ON_THE_LINE);

    assertThat(iterations).containsExactly(0, 1, 2);
  }

  @Test
  void takesEachIterationsAlphaFromItsSchedule() {
    Trajectory<Double> run =
        run(3, new PerIteration(List.of(0.0, 0.5)), Restart.NONE, policy -> Double.NaN);

    // 1; 2 + (2 - 1)/2 = 2.5; 3.5 + (3.5 - 2)/2 = 4.25.
    assertThat(run.proximal()).containsExactly(0.0, 1.0, 2.0, 3.5);
    assertThat(run.extrapolated()).containsExactly(0.0, 1.0, 2.5, 4.25);
  }

  /** ExPO: theta_1 + alpha (theta_1 - theta_SFT), here 1 + (1 - 0)/2. */
  @Test
  void isExpoAfterOneIteration() {
    Trajectory<Double> run = run(1, new Constant(0.5), Restart.NONE, policy -> Double.NaN);

    assertThat(run.extrapolated().get(1)).isEqualTo(1.5);
    assertThat(run.result()).isEqualTo(1);
  }

  /**
   * The measure falls beyond 3. With the alphas 0, 1/4, 2/5: 1; 2 + (2 - 1)/4 = 2.25; 3.25, which
   * is past 3 but still closer to it than 2 was; so 3.25 + 2/5 * 1.25 = 3.75; 4.75 has fallen, so
   * it is the next reference itself; and the iteration from there on is extrapolated by alpha_1 =
   * 0.
   */
  @Test
  void startsItsSequenceAnewWhenTheMeasureFalls() {
    Trajectory<Double> run =
        run(5, Accelerated.NESTEROV, Restart.HELD_OUT, policy -> -Math.abs(policy - 3));

    assertThat(run.proximal()).containsExactly(0.0, 1.0, 2.0, 3.25, 4.75, 5.75);
    assertThat(run.extrapolated()).containsExactly(0.0, 1.0, 2.25, 3.75, 4.75, 5.75);
  }

  /** After a fall a constant alpha pauses for one iteration. */
  @Test
  void aConstantAlphaIsLeftOutWhereTheMeasureFalls() {
    Trajectory<Double> run =
        run(3, new Constant(0.5), Restart.HELD_OUT, policy -> policy == 2.5 ? -1 : policy);

    // 1.5; 2.5 itself, as its measure -1 is below that of 1; 3.5 + (3.5 - 2.5)/2 = 4.
    assertThat(run.extrapolated()).containsExactly(0.0, 1.5, 2.5, 4.0);
  }

  @Test
  void anEqualOrUnknownMeasureIsNoFall() {
    for (double measure : new double[] {1, Double.NaN}) {
      assertThat(run(3, new Constant(0.5), Restart.HELD_OUT, policy -> measure))
          .isEqualTo(run(0.5, MomentumFrom.PROXIMAL));
    }
  }

  @Test
  void aRestartTakesAMeasure() {
    OuterLoop loop =
        new OuterLoop(
            1,
            new Extrapolated(Accelerated.FISTA, MomentumFrom.PROXIMAL, Restart.HELD_OUT),
            InnerStart.REFERENCE);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ProximalPoint.run(loop, 0.0, (t, reference, start) -> 1.0, ON_THE_LINE))
        .withMessage("an outer loop that restarts needs a measure");
  }

  /**
   * TR-DPO's soft update, the policy training on: thetahat grows by 1, theta goes 1/4 of the way.
   */
  @Test
  void aMovingAverageFollowsThePolicy() {
    Trajectory<Double> run = average(4, 0.25, 1, InnerStart.PROXIMAL);

    // 1/4; 1/4 + (2 - 1/4)/4 = 11/16; 11/16 + (3 - 11/16)/4 = 81/64; 81/64 + (4 - 81/64)/4 =
    // 499/256.
    assertThat(run.proximal()).containsExactly(0.0, 1.0, 2.0, 3.0, 4.0);
    assertThat(run.extrapolated()).containsExactly(0.0, 1 / 4.0, 11 / 16.0, 81 / 64.0, 499 / 256.0);
  }

  /** TR-DPO's hard update: every second iteration the reference becomes the policy. */
  @Test
  void aMovingAverageIsUpdatedEverySoManyIterations() {
    assertThat(average(5, 1, 2, InnerStart.PROXIMAL).extrapolated())
        .containsExactly(0.0, 0.0, 2.0, 2.0, 4.0, 4.0);
    // Started at the reference, the policy of the first and second iteration are 1 each.
    assertThat(average(4, 0.5, 2, InnerStart.REFERENCE).extrapolated())
        .containsExactly(0.0, 0.0, 0.5, 0.5, 1.0);
  }

  /**
   * The proximal-point method on f(x) = (x_1^2 + x_2^2 / 100) / 2 from (1, 1) with beta = 1, whose
   * step divides x_i by 1 + lambda_i. Plain, x_2 shrinks by 1.01 an iteration. Nesterov's sequence
   * oscillates once its momentum is above the best for the condition number; restarts end that.
   */
  @ParameterizedTest
  @ValueSource(ints = {5, 20, 60, 100, 200})
  void restartedMomentumIsNeverWorseOnAQuadratic(int iterations) {
    double plain = quadratic(iterations, new Constant(0), Restart.NONE);
    double momentum = quadratic(iterations, Accelerated.NESTEROV, Restart.NONE);
    double restarted = quadratic(iterations, Accelerated.NESTEROV, Restart.HELD_OUT);

    assertThat(plain).isCloseTo(Math.pow(1.01, -2 * iterations) / 200, withinPercentage(25));
    assertThat(restarted).isLessThan(plain).isLessThanOrEqualTo(momentum);
    if (iterations >= 60) {
      assertThat(restarted).isLessThan(momentum / 10);
    }
  }

  /** Two answers with rewards 0 and 1; the measure is the expected reward. */
  @Test
  void restartedMomentumIsNotWorseOnATabularPolicy() {
    TabularPolicy uniform = new TabularPolicy(new double[][] {{0, 0}});
    double[][] reward = {{0, 1}};
    ProximalStep<TabularPolicy> step = (t, policy, start) -> policy.proximalStep(reward, 1);
    List<Double> results = new ArrayList<>();
    for (ExtrapolationSchedule schedule :
        List.of(new Constant(0), Accelerated.NESTEROV, Accelerated.FISTA)) {
      TabularPolicy result =
          ProximalPoint.run(
                  loop(4, schedule, Restart.HELD_OUT),
                  uniform,
                  step,
                  TabularPolicy::extrapolate,
                  policy -> policy.probability(0, 1))
              .result();
      results.add(result.logProbability(0, 1) - result.logProbability(0, 0));
    }

    // Plain: 4 steps of 1. Nesterov: 1, 2, 2.25 + 1, 3.25 + 2/5 * 1.25 + 1 = 4.75.
    assertThat(results.get(0)).isCloseTo(4, within(1e-12));
    assertThat(results.get(1)).isCloseTo(4.75, within(1e-12));
    // FISTA: 2, 2 + 0.28175 + 1, 3.28175 + 0.43404 * 1.28175 + 1.
    assertThat(results.get(2)).isCloseTo(4.838090, within(1e-5));
  }

  private static double quadratic(int iterations, ExtrapolationSchedule schedule, Restart restart) {
    double[] lambda = {1, 0.01};
    ToDoubleFunction<double[]> f = x -> (lambda[0] * x[0] * x[0] + lambda[1] * x[1] * x[1]) / 2;
    return f.applyAsDouble(
        ProximalPoint.run(
                loop(iterations, schedule, restart),
                new double[] {1, 1},
                (t, x, start) -> new double[] {x[0] / (1 + lambda[0]), x[1] / (1 + lambda[1])},
                Extrapolation::extrapolate,
                x -> -f.applyAsDouble(x))
            .result());
  }

  private static Trajectory<Double> average(
      int iterations, double weight, int every, InnerStart innerStart) {
    return ProximalPoint.run(
        new OuterLoop(iterations, new MovingAverage(weight, every), innerStart),
        0.0,
        (t, reference, start) -> start + 1,
        ON_THE_LINE);
  }

  private static Trajectory<Double> run(
      int iterations,
      ExtrapolationSchedule schedule,
      Restart restart,
      ToDoubleFunction<Double> heldOut) {
    return ProximalPoint.run(
        loop(iterations, schedule, restart),
        0.0,
        (t, reference, start) -> reference + 1,
        ON_THE_LINE,
        heldOut);
  }

  private static Trajectory<Double> run(double alpha, MomentumFrom momentumFrom) {
    return ProximalPoint.run(
        new OuterLoop(
            3,
            new Extrapolated(new Constant(alpha), momentumFrom, Restart.NONE),
            InnerStart.REFERENCE),
        0.0,
        (t, reference, start) -> reference + 1,
        ON_THE_LINE);
  }

  private static OuterLoop loop(int iterations, ExtrapolationSchedule schedule, Restart restart) {
    return new OuterLoop(
        iterations,
        new Extrapolated(schedule, MomentumFrom.PROXIMAL, restart),
        InnerStart.REFERENCE);
  }

  private static List<Double> starts(InnerStart innerStart) {
    List<Double> starts = new ArrayList<>();
    ProximalPoint.run(
        new OuterLoop(
            3,
            new Extrapolated(new Constant(0.5), MomentumFrom.PROXIMAL, Restart.NONE),
            innerStart),
        0.0,
        (t, reference, start) -> {
          starts.add(start);
          return reference + 1;
        },
        ON_THE_LINE);
    return starts;
  }
}
