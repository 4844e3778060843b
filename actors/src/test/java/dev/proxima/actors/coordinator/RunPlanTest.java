package dev.proxima.actors.coordinator;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.coordinator.RunPlan.Outlook;
import dev.proxima.actors.fixtures.Runs;
import dev.proxima.actors.run.IterationResult;
import dev.proxima.actors.run.RunSettings.Method;
import dev.proxima.actors.run.RunSettings.Replicas;
import dev.proxima.actors.run.RunSettings.Synchronisation;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.actors.run.RunSpec.PairSource;
import dev.proxima.actors.work.Continuation;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.Work.Purpose;
import dev.proxima.algorithms.exploration.PromptScore;
import dev.proxima.algorithms.exploration.PromptSelection;
import dev.proxima.algorithms.exploration.PromptSelection.Rule;
import dev.proxima.algorithms.outer.ExtrapolationSchedule;
import dev.proxima.algorithms.outer.ExtrapolationSchedule.Accelerated;
import dev.proxima.algorithms.outer.ExtrapolationSchedule.Constant;
import dev.proxima.algorithms.outer.ExtrapolationSchedule.PerIteration;
import dev.proxima.algorithms.outer.InnerStart;
import dev.proxima.algorithms.outer.MomentumFrom;
import dev.proxima.algorithms.outer.OuterLoop;
import dev.proxima.algorithms.outer.ReferenceUpdate.Extrapolated;
import dev.proxima.algorithms.outer.ReferenceUpdate.MovingAverage;
import dev.proxima.algorithms.outer.Restart;
import dev.proxima.algorithms.random.RandomStream;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RunPlanTest {

  private static final Method APO = Runs.method("apo", 3, 0.3);
  private static final Method ITERATIVE = Runs.method("iterative", 3, 0);

  @Test
  void aRunBeginsWithFineTuning() {
    RunSpec spec = spec(PairSource.SAMPLED, 2, 1, List.of(APO, ITERATIVE));
    assertThat(new RunPlan(spec).outlook(Map.of()).ready())
        .containsExactly(new Work.FineTune(spec.data().fineTuning()));
  }

  /**
   * By Algorithm 1, three iterations of two training and two evaluation shards: six training shards
   * a method, of which the first iteration's two are shared. Policies to evaluate: the fine-tuned
   * one; proximal and extrapolated ones of apo, 3 each; proximal ones of the baseline, 3, the first
   * of which apo has too.
   */
  @Test
  void sampledPairsTakeTheseWorks() {
    RunSpec spec = spec(PairSource.SAMPLED, 2, 1, List.of(APO, ITERATIVE));
    int policies = 1 + 6 + 2;
    assertThat(counts(complete(spec)))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "fine-tune",
                1L,
                "sample",
                10L + 2 * policies,
                "label",
                10L + 2 * policies,
                "score",
                10L + 2 * policies,
                "train",
                5L,
                "extrapolate",
                3L,
                "evaluate",
                (long) policies));
  }

  /** Given pairs are scored, not labelled; each policy answers one shard of prompts to be read. */
  @Test
  void givenPairsTakeTheseWorks() {
    RunSpec spec = spec(PairSource.GIVEN, 2, 1, List.of(APO, ITERATIVE));
    int policies = 1 + 6 + 2;
    assertThat(counts(complete(spec)))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "fine-tune",
                1L,
                "sample",
                (long) policies,
                "score",
                10L + 2 * policies,
                "train",
                5L,
                "extrapolate",
                3L,
                "evaluate",
                (long) policies));
  }

  /**
   * OPTune: the first iteration samples all prompts; every later one of both methods selects, and
   * then resamples, labels and scores the shards of the iteration before.
   */
  @Test
  void laterIterationsResampleTheSelectedPromptsOnly() {
    PromptSelection half = new PromptSelection(Rule.REWARD, 0.5, PromptScore.MEAN, false);
    RunSpec spec =
        Runs.withExploration(spec(PairSource.SAMPLED, 2, 1, List.of(APO, ITERATIVE)), half);
    Map<Work, Output> outputs = complete(spec);
    assertThat(only(outputs, Work.SampleShard.class))
        .filteredOn(work -> work.purpose() == Purpose.TRAINING)
        .hasSize(2)
        .allSatisfy(work -> assertThat(work.iteration()).isEqualTo(1));
    // Both methods share iteration 1, and so what iteration 2 selects.
    assertThat(only(outputs, Work.SelectPrompts.class)).hasSize(3);
    for (IterationResult result : new RunPlan(spec).outlook(outputs).iterations()) {
      if (result.iteration() < 2) {
        assertThat(result.selected()).isNull();
        continue;
      }
      IterationResult before = result(spec, outputs, result.method(), result.iteration() - 1);
      IterationResult first = result(spec, outputs, result.method(), 1);
      Work.SelectPrompts select =
          new Work.SelectPrompts(
              before.responses(), first.responses(), half, 7, result.iteration());
      assertThat(outputs.get(select).artifact()).isEqualTo(result.selected());
      ArtifactId resampled =
          outputs
              .get(
                  new Work.ResampleShard(
                      before.extrapolated().parameters(),
                      before.responses().get(1),
                      result.selected(),
                      result.iteration()))
              .artifact();
      assertThat(result.responses().get(1))
          .isEqualTo(
              outputs
                  .get(new Work.LabelShard(resampled, Purpose.TRAINING, result.iteration()))
                  .artifact());
    }
  }

  @Test
  void severalReplicasAreAveragedInLogicalOrder() {
    RunSpec spec = spec(PairSource.SAMPLED, 1, 3, List.of(Runs.method("apo", 1, 0.3)));
    Map<Work, Output> outputs = complete(spec);
    List<Work.TrainReplica> replicas = only(outputs, Work.TrainReplica.class);
    assertThat(replicas).extracting(Work.TrainReplica::replica).containsExactly(0, 1, 2);
    assertThat(only(outputs, Work.AverageReplicas.class))
        .containsExactly(
            new Work.AverageReplicas(
                replicas.stream().map(work -> outputs.get(work).artifact()).toList()));
  }

  /** The first training of each kind has three segments, of 2, 2 and 1 steps. */
  @Test
  void followsTheSegmentsOfATraining() {
    RunSpec spec = spec(PairSource.SAMPLED, 1, 2, List.of(Runs.method("apo", 1, 0.3)));
    Map<Work, Output> outputs =
        complete(
            spec,
            work ->
                work instanceof Work.Training training ? segment(training, 5, 2) : output(work));
    List<Work.FineTune> fineTuning = only(outputs, Work.FineTune.class);
    assertThat(fineTuning).extracting(Work.FineTune::firstStep).containsExactly(0, 2, 4);
    assertThat(fineTuning.get(1).start()).isEqualTo(outputs.get(fineTuning.get(0)).artifact());
    assertThat(fineTuning.get(1).from()).isEqualTo(outputs.get(fineTuning.get(0)).rest());
    List<Work.TrainReplica> replicas = only(outputs, Work.TrainReplica.class);
    assertThat(replicas).hasSize(6);
    List<IterationResult> results = new RunPlan(spec).outlook(outputs).iterations();
    assertThat(results.get(0).proximal().parameters())
        .isEqualTo(outputs.get(fineTuning.get(2)).artifact());
    assertThat(results.get(0).logs())
        .isEqualTo(fineTuning.stream().map(work -> outputs.get(work).log()).toList());
    assertThat(results.get(1).logs())
        .containsExactlyElementsOf(
            replicas.stream()
                .sorted(
                    Comparator.comparing(Work.TrainReplica::replica)
                        .thenComparing(Work.TrainReplica::firstStep))
                .map(work -> outputs.get(work).log())
                .toList());
    assertThat(only(outputs, Work.AverageReplicas.class))
        .containsExactly(
            new Work.AverageReplicas(
                replicas.stream()
                    .filter(work -> work.firstStep() == 4)
                    .map(work -> outputs.get(work).artifact())
                    .toList()));
  }

  /**
   * Averages every two steps; replica 0 has five steps and replica 1 three, in segments of one. The
   * one that has ended stays at the average after step 4.
   */
  @Test
  void replicasGoOnFromTheirAverages() {
    RunSpec spec =
        Runs.withReplicas(
            spec(PairSource.SAMPLED, 1, 1, List.of(Runs.method("apo", 1, 0.3))),
            Replicas.averaged(2, 2),
            1,
            1);
    Map<Work, Output> outputs =
        complete(
            spec,
            work ->
                work instanceof Work.TrainReplica training
                    ? segment(training, training.replica() == 0 ? 5 : 3, 1)
                    : output(work));
    List<List<Work.TrainReplica>> replicas =
        IntStream.range(0, 2)
            .mapToObj(
                k ->
                    only(outputs, Work.TrainReplica.class).stream()
                        .filter(work -> work.replica() == k)
                        .toList())
            .toList();
    assertThat(replicas.get(0))
        .extracting(Work.TrainReplica::firstStep)
        .containsExactly(0, 1, 2, 3, 4);
    assertThat(replicas.get(1)).extracting(Work.TrainReplica::firstStep).containsExactly(0, 1, 2);
    List<Work.AverageReplicas> averages = only(outputs, Work.AverageReplicas.class);
    ArtifactId second = outputs.get(averages.get(0)).artifact();
    ArtifactId fourth = outputs.get(averages.get(1)).artifact();
    List<Output> zero = replicas.get(0).stream().map(outputs::get).toList();
    List<Output> one = replicas.get(1).stream().map(outputs::get).toList();
    assertThat(averages)
        .containsExactly(
            new Work.AverageReplicas(List.of(zero.get(1).artifact(), one.get(1).artifact())),
            new Work.AverageReplicas(List.of(zero.get(3).artifact(), one.get(2).artifact())),
            new Work.AverageReplicas(List.of(zero.get(4).artifact(), fourth)));
    assertThat(replicas.get(0).get(2).start()).isEqualTo(second);
    assertThat(replicas.get(0).get(2).from()).isEqualTo(zero.get(1).rest());
    assertThat(replicas.get(1).get(2).start()).isEqualTo(second);
    assertThat(replicas.get(1).get(2).from()).isEqualTo(one.get(1).rest());
    assertThat(replicas.get(0).get(3).start()).isEqualTo(zero.get(2).artifact());
    assertThat(replicas.get(0).get(4).start()).isEqualTo(fourth);
    IterationResult result = new RunPlan(spec).outlook(outputs).iterations().get(1);
    assertThat(result.proximal().parameters()).isEqualTo(outputs.get(averages.get(2)).artifact());
    assertThat(result.logs())
        .isEqualTo(Stream.concat(zero.stream(), one.stream()).map(Output::log).toList());
  }

  @Test
  void replicasWithCommonGradientsAreOneTraining() {
    RunSpec spec =
        Runs.withReplicas(
            spec(PairSource.SAMPLED, 1, 1, List.of(Runs.method("apo", 1, 0.3))),
            new Replicas(3, Synchronisation.GRADIENTS, 0),
            1,
            1);
    Map<Work, Output> outputs =
        complete(
            spec,
            work ->
                work instanceof Work.TrainReplicas training
                    ? segment(training, 3, 2)
                    : output(work));
    assertThat(only(outputs, Work.TrainReplica.class)).isEmpty();
    assertThat(only(outputs, Work.AverageReplicas.class)).isEmpty();
    List<Work.TrainReplicas> segments = only(outputs, Work.TrainReplicas.class);
    assertThat(segments).extracting(Work.TrainReplicas::replicas).containsExactly(3, 3);
    assertThat(segments).extracting(Work.TrainReplicas::firstStep).containsExactly(0, 2);
    IterationResult result = new RunPlan(spec).outlook(outputs).iterations().get(1);
    assertThat(result.proximal().parameters()).isEqualTo(outputs.get(segments.get(1)).artifact());
    assertThat(result.logs()).isEqualTo(segments.stream().map(w -> outputs.get(w).log()).toList());
  }

  @Test
  void withoutExtrapolationBothPoliciesAreOneAndEvaluatedOnce() {
    RunSpec spec = spec(PairSource.SAMPLED, 1, 1, List.of(ITERATIVE));
    Map<Work, Output> outputs = complete(spec);
    assertThat(only(outputs, Work.Extrapolate.class)).isEmpty();
    assertThat(only(outputs, Work.Evaluate.class)).hasSize(4);
    assertThat(new RunPlan(spec).outlook(outputs).iterations())
        .hasSize(4)
        .allSatisfy(result -> assertThat(result.extrapolated()).isEqualTo(result.proximal()));
  }

  /** theta_{t+1} = thetahat_{t+1} + alpha (thetahat_{t+1} - thetahat_t), and theta_t samples. */
  @Test
  void followsAlgorithmOne() {
    RunSpec spec = spec(PairSource.SAMPLED, 1, 1, List.of(APO));
    Map<Work, Output> outputs = complete(spec);
    List<IterationResult> results = new RunPlan(spec).outlook(outputs).iterations();
    assertThat(results).extracting(IterationResult::iteration).containsExactly(0, 1, 2, 3);
    for (int t = 1; t <= 3; t++) {
      ArtifactId proximal = results.get(t).proximal().parameters();
      ArtifactId extrapolated = results.get(t).extrapolated().parameters();
      ArtifactId reference = results.get(t - 1).extrapolated().parameters();
      ArtifactId anchor = results.get(t - 1).proximal().parameters();
      assertThat(outputs.get(new Work.Extrapolate(proximal, anchor, 0.3)).artifact())
          .isEqualTo(extrapolated);
      ArtifactId prompts = spec.data().iterations().get(t - 1).get(0);
      ArtifactId responses =
          outputs.get(new Work.SampleShard(reference, prompts, Purpose.TRAINING, t)).artifact();
      ArtifactId labelled =
          outputs.get(new Work.LabelShard(responses, Purpose.TRAINING, t)).artifact();
      ArtifactId scored = outputs.get(new Work.ScoreShard(reference, labelled)).artifact();
      Output trained = outputs.get(new Work.TrainReplica(reference, List.of(scored), t, 0));
      assertThat(trained.artifact()).isEqualTo(proximal);
      assertThat(results.get(t).logs()).containsExactly(trained.log());
    }
  }

  @Test
  void takesEachIterationsAlphaFromAList() {
    Method method = method(3, new PerIteration(List.of(0.0, 0.3, 0.5)), Restart.NONE);
    Map<Work, Output> outputs = complete(spec(PairSource.SAMPLED, 1, 1, List.of(method)));
    assertThat(only(outputs, Work.Extrapolate.class))
        .extracting(Work.Extrapolate::alpha)
        .containsExactly(0.3, 0.5);
    assertThat(results(method, outputs))
        .extracting(IterationResult::alpha)
        .containsExactly(0.0, 0.0, 0.3, 0.5);
  }

  /** The measures of the test are drawn at random, so some fall and some rise. */
  @Test
  void startsTheSequenceAnewWhereTheHeldOutMeasureFell() {
    Method method = method(12, Accelerated.NESTEROV, Restart.HELD_OUT);
    Map<Work, Output> outputs = complete(spec(PairSource.SAMPLED, 1, 1, List.of(method)));
    List<IterationResult> results = results(method, outputs);
    int falls = 0;
    int k = 0;
    for (int t = 1; t <= 12; t++) {
      boolean fell = heldOut(outputs, results.get(t)) < heldOut(outputs, results.get(t - 1));
      falls += fell ? 1 : 0;
      k = fell ? 0 : k + 1;
      // 0 after a fall; then (k - 1)/(k + 2) is 0, 1/4, 2/5, ...
      double alpha = fell ? 0 : (k - 1.0) / (k + 2.0);
      assertThat(results.get(t).alpha()).isEqualTo(alpha);
      ArtifactId proximal = results.get(t).proximal().parameters();
      ArtifactId anchor = results.get(t - 1).proximal().parameters();
      assertThat(results.get(t).extrapolated().parameters())
          .isEqualTo(
              alpha == 0
                  ? proximal
                  : outputs.get(new Work.Extrapolate(proximal, anchor, alpha)).artifact());
    }
    assertThat(falls).isBetween(2, 10);
  }

  /** Without its evaluation the first proximal solution is not extrapolated, nor sampled from. */
  @Test
  void waitsForTheHeldOutMeasureOnlyWhereItMayRestart() {
    for (Restart restart : Restart.values()) {
      RunSpec spec = spec(PairSource.SAMPLED, 1, 1, List.of(method(2, new Constant(0.3), restart)));
      Map<Work, Output> outputs = new LinkedHashMap<>();
      RunPlan plan = new RunPlan(spec);
      List<Work> ready = plan.outlook(outputs).ready();
      while (!ready.isEmpty()) {
        ready.forEach(work -> outputs.put(work, output(work)));
        ready =
            plan.outlook(outputs).ready().stream()
                .filter(
                    work ->
                        !(work instanceof Work.Evaluate)
                            || only(outputs, Work.Evaluate.class).isEmpty())
                .toList();
      }
      // All but the later evaluations: of the fine-tuned model there is one.
      assertThat(only(outputs, Work.TrainReplica.class)).hasSize(restart == Restart.NONE ? 2 : 1);
      assertThat(only(outputs, Work.Extrapolate.class)).hasSize(restart == Restart.NONE ? 2 : 0);
      assertThat(plan.outlook(outputs).ready())
          .hasSize(restart == Restart.NONE ? 4 : 1)
          .hasOnlyElementsOfType(Work.Evaluate.class);
    }
  }

  @Test
  void aJournalWithoutTheMeasureToRestartByIsRefused() {
    RunSpec spec =
        spec(PairSource.SAMPLED, 1, 1, List.of(method(1, new Constant(0.3), Restart.HELD_OUT)));
    Map<Work, Output> outputs = complete(spec);
    outputs.replaceAll((work, output) -> Output.trained(output.artifact(), output.log()));
    assertThatNullPointerException()
        .isThrownBy(() -> new RunPlan(spec).outlook(outputs))
        .withMessage("the journal has no held-out measure to restart by");
  }

  /** Every second iteration theta becomes 0.25 thetahat + 0.75 theta; else it stays. */
  @Test
  void aMovingAverageMovesTheReferenceTowardsTheProximalSolution() {
    Method method =
        new Method("ema", new OuterLoop(4, new MovingAverage(0.25, 2), InnerStart.PROXIMAL));
    Map<Work, Output> outputs = complete(spec(PairSource.SAMPLED, 1, 1, List.of(method)));
    List<IterationResult> results = results(method, outputs);
    assertThat(results)
        .extracting(IterationResult::alpha)
        .containsExactly(0.0, -1.0, -0.75, -1.0, -0.75);
    for (int t = 1; t <= 4; t++) {
      ArtifactId proximal = results.get(t).proximal().parameters();
      ArtifactId reference = results.get(t - 1).extrapolated().parameters();
      assertThat(results.get(t).extrapolated().parameters())
          .isEqualTo(
              t % 2 == 1
                  ? reference
                  : outputs.get(new Work.Extrapolate(proximal, reference, -0.75)).artifact());
    }
    // The fine-tuned model, four proximal policies and two averages, each once.
    assertThat(only(outputs, Work.Evaluate.class)).hasSize(7);
  }

  @Test
  void takesMomentumAndStartWhereItIsTold() {
    Method method =
        new Method(
            "m",
            new OuterLoop(
                2,
                new Extrapolated(new Constant(0.3), MomentumFrom.EXTRAPOLATED, Restart.NONE),
                InnerStart.PROXIMAL));
    Map<Work, Output> outputs = complete(spec(PairSource.SAMPLED, 1, 1, List.of(method)));
    List<IterationResult> results = results(method, outputs);
    ArtifactId reference = results.get(1).extrapolated().parameters();
    assertThat(only(outputs, Work.TrainReplica.class).get(1).start())
        .isEqualTo(results.get(1).proximal().parameters())
        .isNotEqualTo(reference);
    assertThat(only(outputs, Work.Extrapolate.class).get(1))
        .isEqualTo(new Work.Extrapolate(results.get(2).proximal().parameters(), reference, 0.3));
  }

  @Test
  void knowsWhoNeedsAWorkAndInWhichIteration() {
    RunSpec spec = spec(PairSource.SAMPLED, 1, 1, List.of(APO, ITERATIVE));
    Map<Work, Output> outputs = new HashMap<>(complete(spec));
    Work extrapolation = only(outputs, Work.Extrapolate.class).get(0);
    outputs.remove(extrapolation);
    Outlook outlook = new RunPlan(spec).outlook(outputs);
    assertThat(outlook.needs().get(extrapolation).methods()).containsExactly("apo");
    outlook
        .needs()
        .forEach(
            (work, need) -> {
              if (work instanceof Work.TrainReplica train) {
                assertThat(need.methods()).hasSize(train.iteration() == 1 ? 2 : 1);
                assertThat(need.iteration()).isEqualTo(train.iteration());
              } else if (work instanceof Work.FineTune) {
                assertThat(need.methods()).containsExactly("apo", "iterative");
                assertThat(need.iteration()).isZero();
              }
            });
  }

  @Property(tries = 25)
  void everyOrderOfCompletionLeadsToTheSameWorksAndTerminates(
      @ForAll @IntRange(min = 1, max = 3) int shards,
      @ForAll @IntRange(min = 1, max = 3) int iterations,
      @ForAll @IntRange(min = 1, max = 3) int replicas,
      @ForAll PairSource source,
      @ForAll @IntRange(min = 1, max = 3) int methods,
      @ForAll long order) {
    List<Method> all =
        IntStream.range(0, methods)
            .mapToObj(m -> Runs.method("m" + m, iterations, 0.3 * (m % 2)))
            .toList();
    RunSpec spec = spec(source, shards, replicas, all);
    RunPlan plan = new RunPlan(spec);
    Map<Work, Output> inOrder = complete(spec);

    Random random = new Random(order);
    Map<Work, Output> outputs = new HashMap<>();
    int remaining = total(plan, outputs);
    List<Work> ready = plan.outlook(outputs).ready();
    while (!ready.isEmpty()) {
      assertThat(new HashSet<>(ready)).hasSameSizeAs(ready);
      assertThat(outputs.keySet()).doesNotContainAnyElementsOf(ready);
      Work next = ready.get(random.nextInt(ready.size()));
      outputs.put(next, output(next));
      assertThat(total(plan, outputs)).isEqualTo(--remaining);
      ready = plan.outlook(outputs).ready();
    }
    assertThat(remaining).isZero();
    assertThat(outputs).isEqualTo(inOrder);
    assertThat(plan.outlook(outputs).iterations())
        .isEqualTo(plan.outlook(inOrder).iterations())
        .hasSize(methods * (iterations + 1));
  }

  /** With OPTune, whose iterations also build on the responses of the last one. */
  @Property(tries = 25)
  void everyOrderOfCompletionLeadsToTheSameReferences(
      @ForAll PairSource source,
      @ForAll @IntRange(min = 1, max = 4) int iterations,
      @ForAll boolean selects,
      @ForAll long order) {
    RunSpec all =
        spec(
            source,
            2,
            1,
            List.of(
                method(iterations, new Constant(0.3), Restart.HELD_OUT),
                new Method(
                    "ema",
                    new OuterLoop(iterations, new MovingAverage(0.25, 2), InnerStart.REFERENCE))));
    RunSpec spec =
        selects && source == PairSource.SAMPLED
            ? Runs.withExploration(
                all, new PromptSelection(Rule.REWARD, 0.5, PromptScore.MEAN, false))
            : all;
    RunPlan plan = new RunPlan(spec);
    Map<Work, Output> inOrder = complete(spec);

    Random random = new Random(order);
    Map<Work, Output> outputs = new HashMap<>();
    List<Work> ready = plan.outlook(outputs).ready();
    while (!ready.isEmpty()) {
      Work next = ready.get(random.nextInt(ready.size()));
      outputs.put(next, output(next));
      ready = plan.outlook(outputs).ready();
      assertThat(total(plan, outputs)).isGreaterThanOrEqualTo(ready.size());
    }
    assertThat(outputs).isEqualTo(inOrder);
    assertThat(total(plan, outputs)).isZero();
    assertThat(plan.outlook(outputs).iterations()).isEqualTo(plan.outlook(inOrder).iterations());
  }

  /** Completes all ready work again and again, in order. */
  private static Map<Work, Output> complete(RunSpec spec) {
    return complete(spec, RunPlanTest::output);
  }

  private static Map<Work, Output> complete(RunSpec spec, Function<Work, Output> worker) {
    RunPlan plan = new RunPlan(spec);
    Map<Work, Output> outputs = new LinkedHashMap<>();
    List<Work> ready = plan.outlook(outputs).ready();
    while (!ready.isEmpty()) {
      ready.forEach(work -> outputs.put(work, worker.apply(work)));
      ready = plan.outlook(outputs).ready();
    }
    return outputs;
  }

  private static int total(RunPlan plan, Map<Work, Output> outputs) {
    return plan.remaining(outputs).values().stream().mapToInt(Integer::intValue).sum();
  }

  private static Map<String, Long> counts(Map<Work, Output> outputs) {
    return outputs.keySet().stream().collect(groupingBy(Work::kind, TreeMap::new, counting()));
  }

  private static <W extends Work> List<W> only(Map<Work, Output> outputs, Class<W> kind) {
    return outputs.keySet().stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** Different for different works; training leaves a log, and an evaluation a measure. */
  private static Output output(Work work) {
    ArtifactId artifact = id(work.toString());
    if (work instanceof Work.TrainReplica) {
      return Output.trained(artifact, id("log of " + work));
    } else if (work instanceof Work.Evaluate) {
      return Output.evaluated(artifact, RandomStream.of(1, work.toString()).uniform(0));
    }
    return Output.of(artifact);
  }

  /** Of a training of so many steps, cut into segments of at most {@code length}. */
  private static Output segment(Work.Training work, int steps, int length) {
    ArtifactId artifact = id(work.toString());
    ArtifactId log = id("log of " + work);
    int end = Math.min(steps, work.firstStep() + length);
    return end == steps
        ? Output.trained(artifact, log)
        : Output.trained(artifact, log, new Continuation(id("optimiser of " + work), end));
  }

  private static Method method(int iterations, ExtrapolationSchedule schedule, Restart restart) {
    return new Method(
        "m",
        new OuterLoop(
            iterations,
            new Extrapolated(schedule, MomentumFrom.PROXIMAL, restart),
            InnerStart.REFERENCE));
  }

  /** Of a run of one method with sampled pairs in one shard and one replica. */
  private static List<IterationResult> results(Method method, Map<Work, Output> outputs) {
    return new RunPlan(spec(PairSource.SAMPLED, 1, 1, List.of(method)))
        .outlook(outputs)
        .iterations();
  }

  private static double heldOut(Map<Work, Output> outputs, IterationResult result) {
    return outputs.values().stream()
        .filter(output -> output.artifact().equals(result.proximal().evaluation()))
        .findFirst()
        .orElseThrow()
        .heldOut();
  }

  private static IterationResult result(
      RunSpec spec, Map<Work, Output> outputs, String method, int iteration) {
    return new RunPlan(spec)
        .outlook(outputs).iterations().stream()
            .filter(each -> each.method().equals(method) && each.iteration() == iteration)
            .findFirst()
            .orElseThrow();
  }

  private static RunSpec spec(PairSource source, int shards, int replicas, List<Method> methods) {
    int iterations = methods.get(0).outerLoop().iterations();
    return new RunSpec(
        Runs.settings(replicas, methods),
        Runs.MODEL,
        new RunSpec.Data(
            id("tokenizer"),
            id("fine-tuning"),
            source,
            IntStream.range(0, iterations).mapToObj(t -> ids("prompts " + t, shards)).toList(),
            ids("evaluation", shards),
            source == PairSource.GIVEN ? ids("answered", 1) : List.of()));
  }

  private static List<ArtifactId> ids(String name, int count) {
    return IntStream.range(0, count).mapToObj(i -> id(name + " " + i)).toList();
  }

  private static ArtifactId id(String name) {
    RandomStream random = RandomStream.of(0, name);
    StringBuilder digits = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      digits.append("%016x".formatted(random.bits(i)));
    }
    return new ArtifactId(digits.toString());
  }
}
