package dev.proxima.actors.coordinator;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.run.IterationResult;
import dev.proxima.actors.run.IterationResult.EvaluatedPolicy;
import dev.proxima.actors.run.RunSettings.Method;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.actors.run.RunSpec.PairSource;
import dev.proxima.actors.work.Continuation;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.Work.Purpose;
import dev.proxima.algorithms.exploration.PromptSelection;
import dev.proxima.algorithms.outer.ProximalPoint;
import dev.proxima.algorithms.outer.ReferenceUpdate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A run as a graph of {@link Work}: Algorithm 1 for each method, walked as far as the outputs go. A
 * pure function of the specification and the outputs, so a replayed journal leads to the same next
 * step, and work that methods share (the same work by its name) is done once.
 */
public final class RunPlan {

  private final RunSpec spec;

  public RunPlan(RunSpec spec) {
    this.spec = spec;
  }

  /**
   * How far a run has come.
   *
   * @param ready work that can be done now, the most urgent first; empty when the run is complete
   * @param iterations what is complete, per method in order
   * @param needs who needs each work that is ready and each training met
   */
  public record Outlook(
      List<Work> ready, List<IterationResult> iterations, Map<Work, Need> needs) {}

  /** The methods that need a work, and the iteration that the first of them needs it in. */
  public record Need(Set<String> methods, int iteration) {}

  /** How far the run has come with {@code outputs}. */
  public Outlook outlook(Map<Work, Output> outputs) {
    return walk(outputs, work -> Optional.empty());
  }

  /**
   * How many works are still to be done, by kind: counted by walking on as if each missing output
   * were there.
   */
  public SortedMap<String, Integer> remaining(Map<Work, Output> outputs) {
    return walkToTheEnd(outputs).ready().stream()
        .collect(Collectors.toMap(Work::kind, work -> 1, Integer::sum, TreeMap::new));
  }

  /**
   * The artefacts that the rest of the run reads and those that its results name, as far as they
   * are known: found by walking on as {@link #remaining} does. A restart reads no others, since it
   * only leaves an extrapolation out.
   */
  Set<ArtifactId> needed(Map<Work, Output> outputs) {
    Outlook rest = walkToTheEnd(outputs);
    Set<ArtifactId> needed = JsonArtifacts.namedBy(rest.ready());
    needed.addAll(JsonArtifacts.namedBy(rest.iterations()));
    return needed;
  }

  private Outlook walkToTheEnd(Map<Work, Output> outputs) {
    Map<Work, Output> assumed = new HashMap<>();
    return walk(
        outputs,
        work -> Optional.of(assumed.computeIfAbsent(work, w -> placeholder(assumed.size()))));
  }

  private Outlook walk(Map<Work, Output> outputs, Function<Work, Optional<Output>> missing) {
    Set<Work> ready = new LinkedHashSet<>();
    Map<Work, Need> needs = new LinkedHashMap<>();
    List<IterationResult> iterations = new ArrayList<>();
    for (Method method : spec.settings().methods()) {
      new Walk(method, outputs, missing, ready, needs, iterations).run();
    }
    return new Outlook(List.copyOf(ready), iterations, needs);
  }

  /** The walk through one method; an empty Optional stands for what is not known yet. */
  private final class Walk {

    private final Method method;
    private final Map<Work, Output> outputs;
    private final Function<Work, Optional<Output>> missing;
    private final Set<Work> ready;
    private final Map<Work, Need> needs;
    private final List<IterationResult> iterations;
    private final Optional<Output> fineTuned;
    private List<ArtifactId> logs;
    private Optional<List<ArtifactId>> firstResponses = Optional.empty();
    private Optional<List<ArtifactId>> responses = Optional.of(List.of());
    private Optional<ArtifactId> selected = Optional.empty();
    private boolean measured = true;
    private int iteration;

    Walk(
        Method method,
        Map<Work, Output> outputs,
        Function<Work, Optional<Output>> missing,
        Set<Work> ready,
        Map<Work, Need> needs,
        List<IterationResult> iterations) {
      this.method = method;
      this.outputs = outputs;
      this.missing = missing;
      this.ready = ready;
      this.needs = needs;
      this.iterations = iterations;
      this.logs = new ArrayList<>();
      this.fineTuned = paused(new Work.FineTune(spec.data().fineTuning()), logs);
    }

    void run() {
      Optional<ArtifactId> reference = fineTuned.map(Output::artifact);
      complete(reference, reference, 0);
      ProximalPoint.<Optional<ArtifactId>>run(
          method.outerLoop(),
          reference,
          this::proximalStep,
          this::extrapolate,
          this::heldOutMeasure);
    }

    private Optional<ArtifactId> proximalStep(
        int t, Optional<ArtifactId> reference, Optional<ArtifactId> start) {
      iteration = t + 1;
      return pairs(reference)
          .flatMap(
              pairs ->
                  start.flatMap(
                      from ->
                          spec.settings().training().replicas().trainApart()
                              ? trainApart(from, pairs)
                              : trainTogether(from, pairs)));
    }

    private Optional<ArtifactId> trainTogether(ArtifactId start, List<ArtifactId> pairs) {
      int count = spec.settings().training().replicas().count();
      logs = new ArrayList<>();
      return paused(new Work.TrainReplicas(start, pairs, iteration, count), logs)
          .map(Output::artifact);
    }

    /**
     * Lets the replicas train up to the next average and go on from there, each with its own
     * optimiser, as long as one has steps left; those that have none stay at the average.
     */
    private Optional<ArtifactId> trainApart(ArtifactId start, List<ArtifactId> pairs) {
      int count = spec.settings().training().replicas().count();
      List<List<ArtifactId>> replicaLogs = new ArrayList<>();
      SortedMap<Integer, Continuation> training = new TreeMap<>();
      for (int k = 0; k < count; k++) {
        replicaLogs.add(new ArrayList<>());
        training.put(k, null);
      }
      Optional<ArtifactId> policy = Optional.of(start);
      while (policy.isPresent() && !training.isEmpty()) {
        ArtifactId from = policy.get();
        List<Optional<ArtifactId>> trained = new ArrayList<>(Collections.nCopies(count, policy));
        for (int k : List.copyOf(training.keySet())) {
          Optional<Output> paused =
              paused(
                  new Work.TrainReplica(from, pairs, iteration, k, training.remove(k)),
                  replicaLogs.get(k));
          trained.set(k, paused.map(Output::artifact));
          if (paused.isPresent() && paused.get().rest() != null) {
            training.put(k, paused.get().rest());
          }
        }
        policy = sequence(trained).flatMap(this::average);
      }
      logs = replicaLogs.stream().flatMap(List::stream).toList();
      return policy;
    }

    private Optional<ArtifactId> average(List<ArtifactId> replicas) {
      return replicas.size() == 1
          ? Optional.of(replicas.get(0))
          : artifact(new Work.AverageReplicas(replicas));
    }

    /**
     * Follows a training's segments to where it ends or waits for an average, as far as they are
     * known.
     *
     * @param logs to add those of the segments to
     */
    private Optional<Output> paused(Work.Training first, List<ArtifactId> logs) {
      Work.Training segment = first;
      Optional<Output> output = output(segment);
      while (output.isPresent()) {
        Output made = output.get();
        logs.add(made.log());
        if (made.rest() == null || isAveraged(segment, made.rest())) {
          return output;
        }
        segment = segment.after(made);
        output = output(segment);
      }
      return output;
    }

    private boolean isAveraged(Work.Training segment, Continuation rest) {
      return segment instanceof Work.TrainReplica
          && spec.settings().training().replicas().averagesAfter(rest.step());
    }

    private Optional<ArtifactId> extrapolate(
        Optional<ArtifactId> next, Optional<ArtifactId> anchor, double alpha) {
      Optional<ArtifactId> reference = measured ? reference(next, anchor, alpha) : Optional.empty();
      complete(next, reference, alpha);
      return reference;
    }

    private Optional<ArtifactId> reference(
        Optional<ArtifactId> next, Optional<ArtifactId> anchor, double alpha) {
      if (alpha == 0) {
        return next;
      }
      return next.flatMap(
          to ->
              alpha == ReferenceUpdate.KEEP
                  ? anchor
                  : anchor.flatMap(from -> artifact(new Work.Extrapolate(to, from, alpha))));
    }

    /** What a restart goes by; as long as it is not known, no further reference is. */
    private double heldOutMeasure(Optional<ArtifactId> policy) {
      Optional<Double> measure =
          policy
              .flatMap(this::evaluation)
              .map(
                  evaluation ->
                      Objects.requireNonNull(
                          evaluation.heldOut(),
                          "the journal has no held-out measure to restart by"));
      measured &= measure.isPresent();
      return measure.orElse(Double.NaN);
    }

    private Optional<List<ArtifactId>> pairs(Optional<ArtifactId> reference) {
      List<Optional<ArtifactId>> labelled =
          reference.map(this::labelledShards).orElse(List.of(Optional.empty()));
      if (spec.data().source() == PairSource.SAMPLED) {
        responses = sequence(labelled);
        firstResponses = iteration == 1 ? responses : firstResponses;
      }
      return reference.flatMap(
          theta ->
              sequence(
                  labelled.stream()
                      .map(shard -> shard.flatMap(s -> artifact(new Work.ScoreShard(theta, s))))
                      .toList()));
    }

    /** The iteration's shards under theta_t, each as soon as it is known. */
    private List<Optional<ArtifactId>> labelledShards(ArtifactId theta) {
      PromptSelection selection = spec.settings().exploration();
      if (selection.choosesAll() || iteration == 1) {
        return spec.data().iterations().get(iteration - 1).stream()
            .map(shard -> labelled(theta, shard, Purpose.TRAINING, iteration))
            .toList();
      }
      List<ArtifactId> latest = responses.orElseThrow();
      selected =
          artifact(
              new Work.SelectPrompts(
                  latest,
                  firstResponses.orElseThrow(),
                  selection,
                  spec.settings().seed(),
                  iteration));
      return latest.stream()
          .map(
              shard ->
                  selected
                      .flatMap(
                          chosen ->
                              artifact(new Work.ResampleShard(theta, shard, chosen, iteration)))
                      .flatMap(
                          sampled ->
                              artifact(new Work.LabelShard(sampled, Purpose.TRAINING, iteration))))
          .toList();
    }

    private Optional<ArtifactId> labelled(
        ArtifactId policy, ArtifactId shard, Purpose purpose, int drawnFor) {
      if (spec.data().source() == PairSource.GIVEN) {
        return Optional.of(shard);
      }
      return artifact(new Work.SampleShard(policy, shard, purpose, drawnFor))
          .flatMap(responses -> artifact(new Work.LabelShard(responses, purpose, drawnFor)));
    }

    private void complete(
        Optional<ArtifactId> proximal, Optional<ArtifactId> extrapolated, double alpha) {
      Optional<EvaluatedPolicy> first = proximal.flatMap(this::evaluate);
      Optional<EvaluatedPolicy> second = extrapolated.flatMap(this::evaluate);
      if (first.isPresent() && second.isPresent()) {
        iterations.add(
            new IterationResult(
                method.name(),
                iteration,
                first.get(),
                second.get(),
                alpha,
                responses.orElseThrow(),
                selected.orElse(null),
                logs));
      }
    }

    private Optional<EvaluatedPolicy> evaluate(ArtifactId policy) {
      Optional<Output> evaluation = evaluation(policy);
      Optional<List<ArtifactId>> samples =
          spec.data().source() == PairSource.GIVEN ? answers(policy) : heldOut(policy);
      return evaluation.flatMap(
          metrics -> samples.map(lines -> new EvaluatedPolicy(policy, metrics.artifact(), lines)));
    }

    private Optional<Output> evaluation(ArtifactId policy) {
      ArtifactId baseline = fineTuned.orElseThrow().artifact();
      return heldOut(policy)
          .flatMap(
              scored ->
                  heldOut(baseline).flatMap(before -> output(new Work.Evaluate(scored, before))));
    }

    private Optional<List<ArtifactId>> answers(ArtifactId policy) {
      return sequence(
          spec.data().answered().stream()
              .map(
                  prompts -> artifact(new Work.SampleShard(policy, prompts, Purpose.EVALUATION, 0)))
              .toList());
    }

    /**
     * The held-out shards under a policy: its own responses scored by the fine-tuned model, or the
     * given pairs scored by the policy.
     */
    private Optional<List<ArtifactId>> heldOut(ArtifactId policy) {
      ArtifactId scorer =
          spec.data().source() == PairSource.GIVEN ? policy : fineTuned.orElseThrow().artifact();
      return sequence(
          spec.data().evaluation().stream()
              .map(
                  shard ->
                      labelled(policy, shard, Purpose.EVALUATION, 0)
                          .flatMap(s -> artifact(new Work.ScoreShard(scorer, s))))
              .toList());
    }

    private Optional<ArtifactId> artifact(Work work) {
      return output(work).map(Output::artifact);
    }

    /** Most works of a long run are done: for them this is one look-up. */
    private Optional<Output> output(Work work) {
      Output output = outputs.get(work);
      if (output == null || work instanceof Work.Training) {
        needs
            .computeIfAbsent(work, w -> new Need(new LinkedHashSet<>(), iteration))
            .methods()
            .add(method.name());
      }
      if (output == null) {
        ready.add(work);
        return missing.apply(work);
      }
      return Optional.of(output);
    }
  }

  private static <T> Optional<List<T>> sequence(List<Optional<T>> optionals) {
    return optionals.stream().allMatch(Optional::isPresent)
        ? Optional.of(optionals.stream().map(Optional::get).toList())
        : Optional.empty();
  }

  /** An evaluation is taken to be no reason to restart. */
  private static Output placeholder(int number) {
    return Output.evaluated(new ArtifactId("%064x".formatted(number)), Double.NaN);
  }
}
