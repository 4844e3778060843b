package dev.proxima.algorithms.theory;

import dev.proxima.algorithms.evaluation.Bootstrap;
import dev.proxima.algorithms.evaluation.Estimate;
import dev.proxima.algorithms.theory.LikelihoodDisplacement.State;
import dev.proxima.algorithms.theory.TheoryResult.Curve;
import dev.proxima.algorithms.theory.TheoryResult.Displacement;
import dev.proxima.algorithms.theory.TheoryResult.PairState;
import dev.proxima.algorithms.theory.TheoryResult.Ratio;
import dev.proxima.algorithms.theory.TheoryResult.Theorem;
import dev.proxima.algorithms.theory.TheoryResult.TradeOffPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Measures the theorems of accelerated preference optimisation (He, Yuan and Gu 2024, arXiv
 * 2410.06293) and SPO's remedies for likelihood displacement on random tabular problems, on all
 * cores. The result does not depend on how many there are.
 */
public final class TheoryLaboratory {

  /** The pairs of the trade-off; 0 for exact expectations. */
  private static final int[] PAIRS = {30, 100, 300, 1000, 0};

  /** The trade-off is noisy and cheap: it takes so many times the seeds. */
  private static final int TRADE_OFF_SEEDS = 4;

  private static final double LEVEL = 0.95;

  private final int seeds;
  private final List<Double> alphas;
  private final Runnable progress;

  /**
   * A laboratory.
   *
   * @param seeds random problems for each theorem, at least 2
   * @param alphas the extrapolation parameters to compare, in [0, 1); alpha = 0 is what they are
   *     compared with, listed or not
   * @param progress called {@link #tasks} times, from any thread
   */
  public TheoryLaboratory(int seeds, List<Double> alphas, Runnable progress) {
    if (seeds < 2) {
      throw new IllegalArgumentException("seeds must be at least 2, not " + seeds);
    }
    for (double alpha : alphas) {
      if (!(alpha >= 0 && alpha < 1)) {
        throw new IllegalArgumentException("alpha must be in [0, 1), not " + alpha);
      }
    }
    this.seeds = seeds;
    this.alphas = List.copyOf(alphas);
    this.progress = progress;
  }

  /** How often the progress is told. */
  public int tasks() {
    return (5 + TRADE_OFF_SEEDS) * seeds;
  }

  /** Measures everything. */
  public TheoryResult run() {
    return new TheoryResult(
        closedFormError(),
        measure(new Theorem44()),
        measure(new Theorem48()),
        measure(new TheoremB2()),
        tradeOff(),
        displacement());
  }

  private double closedFormError() {
    return bySeed(
            seeds, seed -> alphas.stream().mapToDouble(a -> Theorem41.maxAbsError(seed, a)).max())
        .stream()
        .mapToDouble(error -> error.orElse(0))
        .max()
        .orElse(0);
  }

  private Theorem measure(Experiment experiment) {
    record Measured(double[][] series, double[] ratios) {}
    List<Measured> measured =
        bySeed(
            seeds,
            seed -> {
              double base = experiment.rate(experiment.series(seed, 0), 0);
              double[][] series =
                  alphas.stream().map(a -> experiment.series(seed, a)).toArray(double[][]::new);
              double[] ratios =
                  IntStream.range(0, series.length)
                      .mapToDouble(i -> experiment.rate(series[i], alphas.get(i)) / base)
                      .toArray();
              return new Measured(series, ratios);
            });
    List<Ratio> ratios = new ArrayList<>();
    List<Curve> curves = new ArrayList<>();
    for (int i = 0; i < alphas.size(); i++) {
      int index = i;
      double alpha = alphas.get(i);
      double[] values = measured.stream().mapToDouble(each -> each.ratios()[index]).toArray();
      ratios.add(
          new Ratio(
              alpha,
              Estimate.of(values).mean(),
              Bootstrap.mean(values, LEVEL, seeds),
              experiment.predicted(alpha)));
      double[] iterations = experiment.iterations(alpha);
      double[] means =
          IntStream.range(0, iterations.length)
              .mapToDouble(
                  t ->
                      measured.stream()
                          .mapToDouble(each -> each.series()[index][t])
                          .average()
                          .orElseThrow())
              .toArray();
      curves.add(new Curve(alpha, iterations, means));
    }
    return new Theorem(ratios, curves);
  }

  private List<TradeOffPoint> tradeOff() {
    List<double[][]> gaps =
        bySeed(
            TRADE_OFF_SEEDS * seeds,
            seed ->
                IntStream.of(PAIRS)
                    .mapToObj(
                        pairs ->
                            alphas.stream()
                                .mapToDouble(alpha -> TradeOff.gap(seed, alpha, pairs))
                                .toArray())
                    .toArray(double[][]::new));
    List<TradeOffPoint> points = new ArrayList<>();
    for (int n = 0; n < PAIRS.length; n++) {
      for (int i = 0; i < alphas.size(); i++) {
        int row = n;
        int column = i;
        points.add(
            new TradeOffPoint(
                PAIRS[n],
                alphas.get(i),
                Estimate.of(gaps.stream().mapToDouble(gap -> gap[row][column]).toArray())));
      }
    }
    return points;
  }

  private List<Displacement> displacement() {
    List<List<List<State>>> bySeed =
        bySeed(
            seeds,
            seed ->
                LikelihoodDisplacement.METHODS.stream()
                    .map(method -> LikelihoodDisplacement.train(seed, method.spo()))
                    .toList());
    List<Displacement> displacement = new ArrayList<>();
    for (int m = 0; m < LikelihoodDisplacement.METHODS.size(); m++) {
      List<PairState> states = new ArrayList<>();
      for (int i = 0; i < LikelihoodDisplacement.STEPS.length; i++) {
        int method = m;
        int point = i;
        List<State> same = bySeed.stream().map(each -> each.get(method).get(point)).toList();
        states.add(
            new PairState(
                estimate(same, State::chosen),
                estimate(same, State::rejected),
                estimate(same, State::outside),
                estimate(same, State::cosine)));
      }
      displacement.add(
          new Displacement(
              LikelihoodDisplacement.METHODS.get(m).name(), LikelihoodDisplacement.STEPS, states));
    }
    return displacement;
  }

  private static Estimate estimate(List<State> states, ToDoubleFunction<State> value) {
    return Estimate.of(states.stream().mapToDouble(value).toArray());
  }

  private <T> List<T> bySeed(int count, IntFunction<T> measurement) {
    return IntStream.range(0, count)
        .parallel()
        .mapToObj(
            seed -> {
              T measured = measurement.apply(seed);
              progress.run();
              return measured;
            })
        .toList();
  }
}
