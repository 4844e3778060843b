package dev.proxima.experiments.report;

import dev.proxima.actors.run.PolicyEvaluation;
import dev.proxima.actors.run.PolicyEvaluation.Policy;
import dev.proxima.actors.run.SampleLine;
import dev.proxima.algorithms.outer.ReferenceUpdate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Everything that a finished run has to show.
 *
 * @param name the run's name, such as "quickstart"
 * @param task one or two sentences for a reader who did not start the run
 * @param seed the experiment's seed
 * @param methods what was compared, in the order to show it; names are unique
 * @param evaluations of the methods' policies, in any order; iteration 0 is the supervised
 *     fine-tuned model, under each method's name
 * @param steps the training metrics, in order within a method and iteration
 * @param samples responses to held-out prompts, in the order to show them
 * @param timings wall-clock time by stage, in the order to show it
 * @param config the resolved configuration as text
 */
public record RunResult(
    String name,
    String task,
    long seed,
    List<Method> methods,
    List<PolicyEvaluation> evaluations,
    List<TrainingStep> steps,
    List<SampleLine> samples,
    List<StageTime> timings,
    String config) {

  public RunResult {
    methods = List.copyOf(methods);
    evaluations = List.copyOf(evaluations);
    steps = List.copyOf(steps);
    samples = List.copyOf(samples);
    timings = List.copyOf(timings);
    Set<String> names = new HashSet<>();
    for (Method method : methods) {
      if (!names.add(method.name())) {
        throw new IllegalArgumentException("two methods are named '" + method.name() + "'");
      }
    }
    for (PolicyEvaluation evaluation : evaluations) {
      if (!names.contains(evaluation.method())) {
        throw new IllegalArgumentException(
            "an evaluation belongs to the unknown method '" + evaluation.method() + "'");
      }
    }
  }

  /**
   * A method of the run.
   *
   * @param name as in the configuration, such as "apo"
   * @param reference how the references follow from the proximal solutions
   * @param alphas by how much the solutions of iterations 1, 2, ... were extrapolated, in [-1, 1)
   * @param result which policy of the last iteration is the model to use
   * @param finalFolder the model to use, relative to the run's folder, such as "apo/final"
   */
  public record Method(
      String name,
      ReferenceUpdate reference,
      List<Double> alphas,
      Policy result,
      String finalFolder) {

    public Method {
      alphas = List.copyOf(alphas);
    }

    /** The name and what the method does, such as "apo (alpha = 0.3)". */
    String label() {
      return name + " (" + reference + ")";
    }

    /** Whether the extrapolated policy differs from the proximal one in any iteration. */
    boolean extrapolates() {
      return alphas.stream().anyMatch(alpha -> alpha != 0);
    }

    /** Whether it does in this one; at iteration 0 the two are the same. */
    boolean extrapolates(int iteration) {
      return iteration > 0 && alphas.get(iteration - 1) != 0;
    }

    /** The policy to show as the result; where the last two are the same, the proximal one. */
    Policy shownResult() {
      return extrapolates(alphas.size()) ? result : Policy.PROXIMAL;
    }
  }

  /**
   * The metrics of one optimiser step.
   *
   * @param iteration 1 for the first iteration of preference optimisation
   * @param step counted from 0 within the iteration
   * @param metrics by name: {@code loss}, {@code rewards/margins}, {@code rewards/accuracies}, ...
   */
  public record TrainingStep(String method, int iteration, int step, Map<String, Double> metrics) {

    public TrainingStep {
      metrics = Map.copyOf(metrics);
    }
  }

  /** How long a stage of the run took, in seconds of wall-clock time. */
  public record StageTime(String stage, double seconds) {}
}
