package dev.proxima.experiments.run;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.artifacts.PromptResponses;
import dev.proxima.actors.artifacts.PromptResponses.Response;
import dev.proxima.actors.run.IterationResult;
import dev.proxima.actors.run.IterationResult.EvaluatedPolicy;
import dev.proxima.actors.run.PolicyEvaluation;
import dev.proxima.actors.run.PolicyEvaluation.Policy;
import dev.proxima.actors.run.RunEvent;
import dev.proxima.actors.run.SampleLine;
import dev.proxima.actors.work.StepMetrics;
import dev.proxima.algorithms.evaluation.Estimate;
import dev.proxima.algorithms.exploration.GenerationAccount;
import dev.proxima.experiments.report.RunResult.TrainingStep;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/** Reads a run's results out of its artefacts, in the shapes that files and report need. */
final class RunRecords {

  private static final String FINE_TUNING = "sft";
  private static final String ITERATION = "iteration";

  private final ArtifactStore store;

  RunRecords(ArtifactStore store) {
    this.store = store;
  }

  /** An iteration's two evaluations. */
  List<PolicyEvaluation> evaluations(IterationResult result) {
    return List.of(
        evaluation(result, Policy.PROXIMAL, result.proximal()),
        evaluation(result, Policy.EXTRAPOLATED, result.extrapolated()));
  }

  /** An iteration's training steps, for the report. */
  List<TrainingStep> trainingSteps(IterationResult result) {
    return JsonArtifacts.readLines(store, result.logs(), StepMetrics.class).stream()
        .map(
            step ->
                new TrainingStep(
                    result.method(), result.iteration(), step.step() - 1, step.values()))
        .toList();
  }

  /** The responses of an iteration's policies to held-out prompts. */
  List<SampleLine> samples(IterationResult result) {
    List<SampleLine> lines = new ArrayList<>();
    addSamples(lines, result, Policy.PROXIMAL, result.proximal());
    if (!result.extrapolated().parameters().equals(result.proximal().parameters())) {
      addSamples(lines, result, Policy.EXTRAPOLATED, result.extrapolated());
    }
    return lines;
  }

  /** The lines of metrics.jsonl for what is complete, by iteration. */
  List<Map<String, Object>> metricLines(
      List<IterationResult> iterations, List<RunEvent.Training> trainings) {
    List<Map<String, Object>> lines = new ArrayList<>();
    for (RunEvent.Training training : trainings) {
      JsonArtifacts.readLines(store, training.log(), StepMetrics.class)
          .forEach(step -> lines.addAll(stepLines(training.methods(), step)));
    }
    iterations.forEach(result -> lines.add(iterationLine(result)));
    lines.sort(Comparator.comparing(line -> (int) line.get(ITERATION)));
    return lines;
  }

  /** One line for each method that a step belongs to; supervised fine-tuning belongs to none. */
  static List<Map<String, Object>> stepLines(Collection<String> methods, StepMetrics step) {
    Collection<String> names = step.iteration() == 0 ? List.of(FINE_TUNING) : methods;
    return names.stream().map(name -> stepLine(name, step)).toList();
  }

  Map<String, Object> iterationLine(IterationResult result) {
    Map<String, Object> line = line("iteration", result.method(), result.iteration());
    if (result.iteration() > 0) {
      line.put("alpha", result.alpha());
    }
    for (PolicyEvaluation evaluation : evaluations(result)) {
      Map<String, Object> values = new LinkedHashMap<>();
      evaluation
          .metrics()
          .forEach(
              (name, estimate) -> {
                values.put(name, estimate.mean());
                values.put(name + "_standard_error", estimate.standardError());
              });
      line.put(evaluation.policy().name().toLowerCase(Locale.ROOT), values);
    }
    if (!result.responses().isEmpty()) {
      GenerationAccount account = generation(result);
      line.put("generated_responses", account.generatedResponses());
      line.put("generated_tokens", account.generatedTokens());
      line.put("reused_responses", account.reusedResponses());
      line.put("reused_tokens", account.reusedTokens());
    }
    return line;
  }

  /** What the iteration's training responses cost, and what was saved by keeping earlier ones. */
  private GenerationAccount generation(IterationResult result) {
    Set<Integer> selected =
        result.selected() == null
            ? Set.of()
            : JsonArtifacts.read(store, result.selected(), new TypeReference<>() {});
    GenerationAccount account = GenerationAccount.NOTHING;
    for (PromptResponses prompt :
        JsonArtifacts.readLines(store, result.responses(), PromptResponses.class)) {
      boolean generated = result.selected() == null || selected.contains(prompt.id());
      for (Response response : prompt.responses()) {
        account = account.plus(generated, response.tokens().length);
      }
    }
    return account;
  }

  private static Map<String, Object> stepLine(String method, StepMetrics step) {
    Map<String, Object> line = line("step", method, step.iteration());
    line.put("replica", step.replica());
    line.put("step", step.step());
    line.put("steps", step.steps());
    line.putAll(step.values());
    return line;
  }

  private static Map<String, Object> line(String kind, String method, int iteration) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("kind", kind);
    line.put("method", method);
    line.put(ITERATION, iteration);
    return line;
  }

  private PolicyEvaluation evaluation(
      IterationResult result, Policy policy, EvaluatedPolicy evaluated) {
    SortedMap<String, Estimate> metrics =
        JsonArtifacts.read(store, evaluated.evaluation(), new TypeReference<>() {});
    return new PolicyEvaluation(result.method(), result.iteration(), policy, metrics);
  }

  private void addSamples(
      List<SampleLine> lines, IterationResult result, Policy policy, EvaluatedPolicy evaluated) {
    for (PromptResponses prompt :
        JsonArtifacts.readLines(store, evaluated.samples(), PromptResponses.class)) {
      for (Response response : prompt.responses()) {
        lines.add(
            new SampleLine(
                result.method(),
                result.iteration(),
                policy,
                prompt.prompt(),
                response.text(),
                response.reward()));
      }
    }
  }
}
