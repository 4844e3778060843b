package dev.proxima.actors.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.FolderStore;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.artifacts.PromptResponses;
import dev.proxima.actors.coordinator.CoordinatorEvent;
import dev.proxima.actors.coordinator.LeasePolicy;
import dev.proxima.actors.fixtures.ActorConfig;
import dev.proxima.actors.fixtures.ParameterFiles;
import dev.proxima.actors.fixtures.Runs;
import dev.proxima.actors.fixtures.UnigramEngine;
import dev.proxima.actors.run.RunSettings.PreferenceTraining;
import dev.proxima.actors.run.RunSettings.Replicas;
import dev.proxima.actors.run.RunSettings.Synchronisation;
import dev.proxima.actors.work.Work;
import dev.proxima.algorithms.random.Epochs;
import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.TokenPair;
import dev.proxima.models.TokenSequence;
import dev.proxima.models.Trainer;
import dev.proxima.models.io.FileTrees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;

/**
 * Whole runs on given pairs, whose logical replicas different numbers of devices host, in segments
 * of different length, killed at any event of the journal.
 */
class ReplicasTest {

  private static final LeasePolicy LEASES = new LeasePolicy(Duration.ofMinutes(1), 1);
  private static final int EPOCHS = 2;

  private static ActorTestKit kit;
  private static PersistenceTestKit journal;
  private static Path folder;
  private static ArtifactStore store;

  @BeforeContainer
  static void start() throws IOException {
    kit = ActorTestKit.create(ActorConfig.inMemory());
    journal = PersistenceTestKit.create(kit.system());
    folder = Files.createTempDirectory("replicas");
    store = new FolderStore(folder.resolve("artifacts"));
  }

  @AfterContainer
  static void stop() throws IOException {
    kit.shutdownTestKit();
    FileTrees.delete(folder);
  }

  /** Against local SGD written out, one replica after the other. */
  @Property(tries = 12)
  void anyHostingAndAnyKillEndInTheSameBytes(
      @ForAll @IntRange(min = 1, max = 4) int replicas,
      @ForAll @IntRange(max = 4) int averagingSteps,
      @ForAll @IntRange(max = 3) int checkpointSteps,
      @ForAll @IntRange(min = 1, max = 8) int pairs,
      @ForAll @IntRange(min = 1, max = 2) int batchSize,
      @ForAll @IntRange(min = 1, max = 4) int devices,
      @ForAll @IntRange(max = 100) int killed) {
    RunSpec spec =
        Runs.withReplicas(
            Runs.given(store, pairs(pairs)),
            Replicas.averaged(replicas, averagingSteps),
            EPOCHS,
            batchSize);
    List<Object> events = new ArrayList<>();
    IterationResult whole = run(spec, devices, checkpointSteps, events);
    assertThat(parameters(whole)).isEqualTo(localSteps(spec, events));
    assertResumes(spec, 5 - devices, checkpointSteps, killed, events, whole);
  }

  /** Against one replica with batches as big as those of all replicas. */
  @Property(tries = 8)
  void replicasWithCommonGradientsAreOneWithBiggerBatches(
      @ForAll boolean adapters,
      @ForAll @IntRange(min = 1, max = 4) int replicas,
      @ForAll @IntRange(max = 3) int checkpointSteps,
      @ForAll @IntRange(min = 1, max = 8) int pairs,
      @ForAll @IntRange(min = 1, max = 2) int batchSize,
      @ForAll @IntRange(min = 1, max = 4) int devices,
      @ForAll @IntRange(max = 100) int killed) {
    RunSpec whole = Runs.given(store, pairs(pairs));
    RunSpec given = adapters ? Runs.withAdapters(whole) : whole;
    RunSpec spec =
        Runs.withReplicas(
            given, new Replicas(replicas, Synchronisation.GRADIENTS, 0), EPOCHS, batchSize);
    List<Object> events = new ArrayList<>();
    IterationResult result = run(spec, devices, checkpointSteps, events);
    RunSpec one = Runs.withReplicas(given, Replicas.averaged(1, 0), EPOCHS, replicas * batchSize);
    assertThat(parameters(result))
        .containsExactly(parameters(run(one, 1, 0, new ArrayList<>())), offset(1e-5f));
    assertResumes(spec, 5 - devices, checkpointSteps, killed, events, result);
  }

  /** A run whose journal holds no more than the first {@code percent} of the events goes on. */
  private static void assertResumes(
      RunSpec spec,
      int devices,
      int checkpointSteps,
      int percent,
      List<Object> events,
      IterationResult whole) {
    List<Object> survived = new ArrayList<>(events.subList(0, events.size() * percent / 100));
    assertThat(run(spec, devices, checkpointSteps, survived)).isEqualTo(whole);
    assertThat(survived).containsExactlyInAnyOrderElementsOf(events);
  }

  private static float[] parameters(IterationResult result) {
    return ParameterFiles.read(store.read(result.proximal().parameters()));
  }

  /** The result of the first iteration; {@code events} goes on, from what it holds, to the end. */
  private static IterationResult run(
      RunSpec spec, int devices, int checkpointSteps, List<Object> events) {
    String run = UUID.randomUUID().toString();
    String id = "ApoCoordinator|" + run;
    if (!events.isEmpty()) {
      journal.persistForRecovery(id, events);
    }
    TestProbe<RunEvent> listener = kit.createTestProbe(RunEvent.class);
    kit.spawn(
        RunSupervisor.create(
            run,
            "f",
            Runs.node(spec, store, new UnigramEngine(), checkpointSteps),
            Collections.nCopies(devices, ComputeDevice.CPU),
            LEASES,
            listener.ref()));
    RunEvent event = listener.receiveMessage();
    while (!(event instanceof RunEvent.RunCompleted)) {
      assertThat(event).isNotInstanceOf(RunEvent.RunFailed.class);
      event = listener.receiveMessage();
    }
    listener.expectMessageClass(RunEvent.RunEnded.class);
    events.clear();
    events.addAll(journal.persistedInStorage(id));
    return ((RunEvent.RunCompleted) event).iterations().get(1);
  }

  /** Local SGD on the pairs that the run trained on, in the words of its definition. */
  private float[] localSteps(RunSpec spec, List<Object> events) {
    PreferenceTraining training = spec.settings().training();
    int count = training.replicas().count();
    Work.TrainReplica first = firstTraining(events);
    List<List<TokenPair>> shares = new ArrayList<>();
    List<Epochs> epochs = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      int replica = k;
      List<TokenPair> share = new ArrayList<>();
      List<TokenPair> all = pairs(first);
      for (int i = k; i < all.size(); i += count) {
        share.add(all.get(i));
      }
      shares.add(share);
      epochs.add(
          new Epochs(
              share.size(),
              training.batchSize(),
              EPOCHS,
              epoch -> RandomStream.of(spec.settings().seed(), "train", 1, replica, epoch)));
    }
    float[][] parameters = new float[count][];
    Arrays.fill(parameters, ParameterFiles.read(store.read(first.start())));
    Path[] optimisers = new Path[count];
    int steps = epochs.stream().mapToInt(Epochs::steps).max().orElseThrow();
    for (int step = 0; step < steps; step++) {
      for (int k = 0; k < count; k++) {
        if (step < epochs.get(k).steps()) {
          List<TokenPair> batch =
              Arrays.stream(epochs.get(k).batch(step)).mapToObj(shares.get(k)::get).toList();
          optimisers[k] =
              step(training, epochs.get(k).steps(), parameters, k, optimisers[k], batch);
        }
      }
      int every = training.replicas().averagingSteps();
      if (step + 1 == steps || every > 0 && (step + 1) % every == 0) {
        Arrays.fill(parameters, mean(parameters));
      }
    }
    return parameters[0];
  }

  /** Makes a step from {@code parameters[k]} and returns the optimiser's state. */
  private Path step(
      PreferenceTraining training,
      int steps,
      float[][] parameters,
      int k,
      Path optimiser,
      List<TokenPair> batch) {
    Path file = folder.resolve("parameters");
    ParameterFiles.write(file, parameters[k]);
    try (Trainer trainer =
        new UnigramEngine()
            .trainer(file, Runs.MODEL, ComputeDevice.CPU, training.optimisation().over(steps, 0))) {
      if (optimiser != null) {
        trainer.restoreOptimiser(optimiser);
      }
      trainer.prefer(batch, training.objectiveAt(1));
      trainer.save(file);
      Path state = folder.resolve("optimiser-" + k);
      trainer.saveOptimiser(state);
      parameters[k] = ParameterFiles.read(file);
      return state;
    }
  }

  private static float[] mean(float[][] vectors) {
    float[] mean = vectors[0].clone();
    for (int i = 0; i < mean.length; i++) {
      for (int k = 1; k < vectors.length; k++) {
        mean[i] += vectors[k][i];
      }
      mean[i] /= vectors.length;
    }
    return mean;
  }

  private static Work.TrainReplica firstTraining(List<Object> events) {
    return events.stream()
        .filter(CoordinatorEvent.WorkCompleted.class::isInstance)
        .map(event -> ((CoordinatorEvent.WorkCompleted) event).work())
        .filter(Work.TrainReplica.class::isInstance)
        .map(Work.TrainReplica.class::cast)
        .filter(work -> work.from() == null)
        .findFirst()
        .orElseThrow();
  }

  private List<TokenPair> pairs(Work.TrainReplica training) {
    return JsonArtifacts.readLines(store, training.pairs(), PromptResponses.class).stream()
        .map(
            line ->
                new TokenPair(
                    sequence(line, 0),
                    sequence(line, 1),
                    line.responses().get(0).referenceLogp(),
                    line.responses().get(1).referenceLogp()))
        .toList();
  }

  private static TokenSequence sequence(PromptResponses line, int response) {
    return TokenSequence.of(line.promptTokens(), line.responses().get(response).tokens());
  }

  private static List<PromptResponses> pairs(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Runs.pair(i, "abcd".substring(i % 3), "dcba".substring(i % 4)))
        .toList();
  }
}
