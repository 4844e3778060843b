package dev.proxima.actors.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.FolderStore;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.fixtures.FakeWork;
import dev.proxima.actors.fixtures.Runs;
import dev.proxima.actors.run.RunSettings.Method;
import dev.proxima.actors.run.RunSettings.Replicas;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.actors.run.RunSpec.PairSource;
import dev.proxima.actors.work.Continuation;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.Work;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunArtifactsTest {

  private static final PromptSelection HALF =
      new PromptSelection(Rule.REWARD, 0.5, PromptScore.MEAN, false);
  private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}");

  @TempDir Path folder;

  /**
   * Garbage is collected after every single work: whatever a work is then given to read, and in the
   * end whatever the results name, must still be there. What values name is found in their text.
   */
  @Property(tries = 25)
  void aRunNeverMissesWhatWasCollected(
      @ForAll("outerLoops") OuterLoop first,
      @ForAll("outerLoops") OuterLoop second,
      @ForAll PairSource source,
      @ForAll @IntRange(min = 1, max = 3) int replicas,
      @ForAll @IntRange(min = 1, max = 3) int segment,
      @ForAll boolean averages,
      @ForAll boolean selects,
      @ForAll long order) {
    List<Method> methods = List.of(new Method("first", first), new Method("second", second));
    RunSpec whole = spec(source, replicas, methods);
    RunSpec all = averages ? Runs.withReplicas(whole, Replicas.averaged(replicas, 2), 1, 1) : whole;
    RunSpec spec = selects && source == PairSource.SAMPLED ? Runs.withExploration(all, HALF) : all;
    RunPlan plan = new RunPlan(spec);
    Random random = new Random(order);
    Map<Work, Output> outputs = new LinkedHashMap<>();
    Set<String> stored = names(spec.toString());

    List<Work> ready = plan.outlook(outputs).ready();
    while (!ready.isEmpty()) {
      Work next = ready.get(random.nextInt(ready.size()));
      assertThat(stored).containsAll(names(next.toString()));
      Output output =
          next instanceof Work.Training training ? segment(training, segment) : output(next);
      outputs.put(next, output);
      stored.addAll(names(output.toString()));
      Set<ArtifactId> live = new RunArtifacts(spec, outputs).live();
      stored.removeIf(name -> !live.contains(new ArtifactId(name)));
      ready = plan.outlook(outputs).ready();
    }
    assertThat(stored).containsAll(names(spec.data().toString()));
    assertThat(stored).containsAll(names(plan.outlook(outputs).iterations().toString()));
  }

  /** Of three replicas' parameters and their average only the average is a policy. */
  @Test
  void replicasGoOnceTheyAreAveraged() {
    RunSpec spec = spec(PairSource.GIVEN, 3, List.of(Runs.method("apo", 1, 0.3)));
    RunPlan plan = new RunPlan(spec);
    Map<Work, Output> outputs = new LinkedHashMap<>();
    Set<ArtifactId> replicas = new HashSet<>();
    List<Work> ready = plan.outlook(outputs).ready();
    while (!ready.isEmpty()) {
      for (Work work : ready) {
        outputs.put(work, output(work));
        Set<ArtifactId> live = new RunArtifacts(spec, outputs).live();
        if (work instanceof Work.TrainReplica) {
          replicas.add(outputs.get(work).artifact());
          assertThat(live).containsAll(replicas);
        } else if (work instanceof Work.AverageReplicas) {
          assertThat(live).doesNotContainAnyElementsOf(replicas);
        }
        assertThat(live).contains(outputs.get(work).artifact());
      }
      ready = plan.outlook(outputs).ready();
    }
    assertThat(replicas).hasSize(3);
    Set<ArtifactId> named = JsonArtifacts.namedBy(outputs.values());
    named.removeAll(replicas);
    assertThat(new RunArtifacts(spec, outputs).live()).containsAll(named);
  }

  @Test
  void twoRunsKeepWhatEitherNeeds() {
    ArtifactStore store = new FolderStore(folder);
    RunSpec sampled = Runs.sampled(store);
    RunSpec given = Runs.given(store);
    ArtifactId specification = JsonArtifacts.write(store, sampled);
    ArtifactId stranger = JsonArtifacts.write(store, "stranger");
    Work work = new Work.FineTune(sampled.data().fineTuning());
    Output output = new FakeWork(store).output(work);

    Set<ArtifactId> live = new RunArtifacts(sampled, Map.of(work, output)).live();
    live.addAll(new RunArtifacts(given, Map.of()).live());
    store.retain(live, Duration.ofHours(-1));
    assertThat(store.read(specification)).isNotEmptyFile();
    assertThat(store.read(output.artifact())).isNotEmptyFile();
    assertThat(store.read(output.log())).isNotEmptyFile();
    JsonArtifacts.namedBy(List.of(sampled, given))
        .forEach(id -> assertThat(store.read(id)).exists());
    assertThat(folder.resolve(stranger.sha256().substring(0, 2)).resolve(stranger.sha256()))
        .doesNotExist();
  }

  @Provide
  Arbitrary<OuterLoop> outerLoops() {
    Arbitrary<ExtrapolationSchedule> schedules =
        Arbitraries.of(
            new Constant(0),
            new Constant(0.3),
            Accelerated.NESTEROV,
            new PerIteration(List.of(0.3, 0.0, 0.5)));
    Arbitrary<OuterLoop> extrapolating =
        Combinators.combine(
                schedules,
                Arbitraries.of(MomentumFrom.values()),
                Arbitraries.of(Restart.values()),
                Arbitraries.of(InnerStart.values()))
            .as(
                (schedule, from, restart, start) ->
                    new OuterLoop(4, new Extrapolated(schedule, from, restart), start));
    Arbitrary<OuterLoop> averaging =
        Combinators.combine(
                Arbitraries.integers().between(1, 2), Arbitraries.of(InnerStart.values()))
            .as((every, start) -> new OuterLoop(4, new MovingAverage(0.25, every), start));
    return Arbitraries.oneOf(extrapolating, averaging);
  }

  private static Set<String> names(String text) {
    return NAME.matcher(text).results().map(match -> match.group()).collect(Collectors.toSet());
  }

  private static Output output(Work work) {
    ArtifactId artifact = id(work.toString());
    if (work instanceof Work.FineTune || work instanceof Work.TrainReplica) {
      return Output.trained(artifact, id("log of " + work));
    } else if (work instanceof Work.Evaluate) {
      return Output.evaluated(artifact, RandomStream.of(1, work.toString()).uniform(0));
    }
    return Output.of(artifact);
  }

  /** Of a training of three steps, or of one more for each replica before it. */
  private static Output segment(Work.Training work, int length) {
    int steps = work instanceof Work.TrainReplica replica ? 3 + replica.replica() : 3;
    int end = Math.min(steps, work.firstStep() + length);
    ArtifactId artifact = id(work.toString());
    ArtifactId log = id("log of " + work);
    return end == steps
        ? Output.trained(artifact, log)
        : Output.trained(artifact, log, new Continuation(id("optimiser of " + work), end));
  }

  private static RunSpec spec(PairSource source, int replicas, List<Method> methods) {
    int iterations = methods.get(0).outerLoop().iterations();
    return new RunSpec(
        Runs.settings(replicas, methods),
        Runs.MODEL,
        new RunSpec.Data(
            id("tokenizer"),
            id("fine-tuning"),
            source,
            IntStream.range(0, iterations).mapToObj(t -> ids("prompts " + t)).toList(),
            ids("evaluation"),
            source == PairSource.GIVEN ? ids("answered") : List.of()));
  }

  private static List<ArtifactId> ids(String name) {
    return List.of(id(name + " 0"), id(name + " 1"));
  }

  private static ArtifactId id(String name) {
    return JsonArtifacts.idOf(name);
  }
}
