package dev.proxima.experiments.report;

import static dev.proxima.actors.run.PolicyEvaluation.Policy.EXTRAPOLATED;
import static dev.proxima.actors.run.PolicyEvaluation.Policy.PROXIMAL;

import dev.proxima.actors.run.PolicyEvaluation;
import dev.proxima.actors.run.PolicyEvaluation.Policy;
import dev.proxima.actors.run.SampleLine;
import dev.proxima.algorithms.evaluation.Estimate;
import dev.proxima.algorithms.outer.OuterLoop;
import dev.proxima.algorithms.outer.ReferenceUpdate;
import dev.proxima.experiments.report.RunResult.Method;
import dev.proxima.experiments.report.RunResult.StageTime;
import dev.proxima.experiments.report.RunResult.TrainingStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Small invented runs. */
final class Runs {

  static final Method APO =
      new Method("apo", extrapolated(0.3), List.of(0.3), PROXIMAL, "apo/final");
  static final Method DPO =
      new Method("iterative-dpo", extrapolated(0), List.of(0.0), PROXIMAL, "iterative-dpo/final");

  private Runs() {}

  /** Two methods, one iteration, sampled responses with rewards. */
  static RunResult withRewards() {
    return new RunResult(
        "quickstart",
        "Short reviews.",
        7,
        List.of(APO, DPO),
        List.of(
            evaluation(APO, 1, EXTRAPOLATED, scores(1.25, 0.8, 2.5, 20)),
            evaluation(APO, 1, PROXIMAL, scores(1, 0.75, 1.5, 21.5)),
            evaluation(APO, 0, PROXIMAL, scores(0.25, 0.5, 0, 24)),
            evaluation(DPO, 0, PROXIMAL, scores(0.25, 0.5, 0, 24)),
            evaluation(DPO, 1, PROXIMAL, scores(0.9375, 0.7, 1.5, 22))),
        steps(),
        List.of(
            new SampleLine("apo", 0, PROXIMAL, "A prompt", "Before.", -0.5),
            new SampleLine("apo", 1, PROXIMAL, "A prompt", "After.", 1.5),
            new SampleLine("iterative-dpo", 1, PROXIMAL, "A prompt", "Otherwise.", 1.25)),
        List.of(new StageTime("data", 1.25), new StageTime("apo", 125)),
        "alpha = 0.3\n");
  }

  /** One method on pairs from a file: no responses, no rewards, a metric that nobody knows. */
  static RunResult offline() {
    return new RunResult(
        "offline-pairs",
        "Pairs from a file.",
        1,
        List.of(APO),
        List.of(
            evaluation(APO, 0, PROXIMAL, accuracy(0.5, -100)),
            evaluation(APO, 1, PROXIMAL, accuracy(0.625, -102.5))),
        List.of(),
        List.of(),
        List.of(),
        "");
  }

  /** Replaces everything of {@link #withRewards} that a model or a user can write. */
  static RunResult withText(String text) {
    RunResult run = withRewards();
    Method method = new Method(text, extrapolated(0.3), List.of(0.3), PROXIMAL, text);
    return new RunResult(
        text,
        text,
        1,
        List.of(method),
        List.of(
            evaluation(method, 0, PROXIMAL, new TreeMap<>(Map.of(text, new Estimate(0, 0, 4)))),
            evaluation(method, 1, PROXIMAL, new TreeMap<>(Map.of(text, new Estimate(1, 0, 4))))),
        run.steps(),
        List.of(
            new SampleLine(text, 0, PROXIMAL, text, text, 0.0),
            new SampleLine(text, 1, PROXIMAL, text, text, 0.0)),
        List.of(new StageTime(text, 1)),
        text);
  }

  static RunResult withSamples(List<SampleLine> samples) {
    RunResult run = withRewards();
    return new RunResult(
        run.name(),
        run.task(),
        run.seed(),
        run.methods(),
        run.evaluations(),
        run.steps(),
        samples,
        run.timings(),
        run.config());
  }

  /** {@link #withRewards} with another update of the reference, or another result, of "apo". */
  static RunResult withMethod(Method apo) {
    RunResult run = withRewards();
    return new RunResult(
        run.name(),
        run.task(),
        run.seed(),
        List.of(apo, DPO),
        run.evaluations(),
        run.steps(),
        run.samples(),
        run.timings(),
        run.config());
  }

  private static ReferenceUpdate extrapolated(double alpha) {
    return OuterLoop.accelerated(1, alpha).reference();
  }

  static PolicyEvaluation evaluation(
      Method method, int iteration, Policy policy, SortedMap<String, Estimate> scores) {
    return new PolicyEvaluation(method.name(), iteration, policy, scores);
  }

  private static SortedMap<String, Estimate> scores(
      double reward, double winRate, double kl, double length) {
    return new TreeMap<>(
        Map.of(
            "reward_mean", new Estimate(reward, 0.0625, 64),
            "win_rate_vs_sft", new Estimate(winRate, 0.02, 64),
            "kl_to_sft", new Estimate(kl, 0.125, 64),
            "response_length_mean", new Estimate(length, 0.5, 64)));
  }

  private static SortedMap<String, Estimate> accuracy(double accuracy, double logps) {
    return new TreeMap<>(
        Map.of(
            "preference_accuracy", new Estimate(accuracy, 0.025, 400),
            "logps/chosen", new Estimate(logps, 1.5, 400)));
  }

  private static List<TrainingStep> steps() {
    List<TrainingStep> steps = new ArrayList<>();
    for (Method method : List.of(APO, DPO)) {
      for (int step = 0; step < 30; step++) {
        steps.add(
            new TrainingStep(
                method.name(),
                1,
                step,
                Map.of("loss", 0.7 - 0.01 * step, "rewards/margins", 0.02 * step)));
      }
    }
    return steps;
  }
}
