package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.proxima.algorithms.objective.Objectives;
import dev.proxima.algorithms.objective.SftValue;
import dev.proxima.algorithms.spo.DynamicBarrier;
import dev.proxima.algorithms.spo.LowerLevel;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.RingBrokenException;
import dev.proxima.models.TokenPair;
import dev.proxima.models.Trainer;
import dev.proxima.models.Trainer.PreferenceStep;
import dev.proxima.models.TrainingHosts;
import dev.proxima.models.TrainingRing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trainers that make each step together, as in several processes: each has a thread of its own. */
class RingTrainingTest {

  private static final int SHARES = 4;
  private static final Path START = Fixtures.path("tied.safetensors");
  private static final List<TokenPair> PAIRS = ObjectiveTrainingTest.pairs(7, 5);

  @TempDir Path folder;

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  /** Devices of each member; some have one share, some several, some none in a small batch. */
  @ParameterizedTest
  @ValueSource(strings = {"1,1", "2,1", "1,2,1", "1,1,1,1", "3,2"})
  void everyMemberMakesTheStepsOfOneProcess(String members) throws IOException {
    List<Integer> devices = List.of(members.split(",")).stream().map(Integer::valueOf).toList();
    Result alone = train("alone", new TrainingHosts(cpus(1), SHARES));
    for (Result each : together(devices)) {
      assertThat(each.parameters()).isEqualTo(alone.parameters());
      assertThat(each.optimiser()).isEqualTo(alone.optimiser());
      assertThat(each.steps()).isEqualTo(alone.steps());
    }
  }

  /** Embeddings of 33,000 x 128 floats, which is more than goes in one message. */
  @Test
  void longArraysGoInParts() throws IOException {
    ModelConfig wide = ModelConfig.llama(33_000, 128, 64, 1, 4, 2, 64, 1e-5, 10000, true, 0, 1, 2);
    Path start = folder.resolve("wide");
    Fixtures.ENGINE.initialise(wide, 1, start);
    byte[] alone = fineTuned(start, wide, new TrainingHosts(cpus(1), 2));
    List<CompletableFuture<byte[]>> members = new ArrayList<>();
    for (PipeRing ring : PipeRing.of(List.of(1, 1))) {
      TrainingHosts hosts = new TrainingHosts(cpus(1), 2, Optional.of(ring));
      members.add(CompletableFuture.supplyAsync(() -> fineTuned(start, wide, hosts), threads));
    }
    assertThat(members)
        .extracting(CompletableFuture::join)
        .allMatch(each -> Arrays.equals(each, alone));
  }

  private byte[] fineTuned(Path start, ModelConfig config, TrainingHosts hosts) {
    Path parameters = folder.resolve("fine-tuned-" + hosts.ring().map(TrainingRing::rank));
    try (Trainer trainer =
        Fixtures.ENGINE.trainer(start, config, hosts, Fixtures.options(1e-3, 1000))) {
      trainer.fineTune(Fixtures.sequences(4));
      trainer.save(parameters);
      return Files.readAllBytes(parameters);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aMemberThatLeavesEndsTheStepOfTheOthers() {
    List<PipeRing> rings = PipeRing.of(List.of(1, 1, 1));
    List<CompletableFuture<Result>> staying =
        rings.subList(0, 2).stream().map(ring -> begin("staying-" + ring.rank(), ring)).toList();
    rings.get(2).close();
    for (CompletableFuture<Result> each : staying) {
      assertThatThrownBy(each::join).hasCauseInstanceOf(RingBrokenException.class);
    }
  }

  @Test
  void aMemberThatFailsSaysWhyAndEndsTheStepOfTheOthers() {
    List<PipeRing> rings = PipeRing.of(List.of(1, 1));
    CompletableFuture<Result> other = begin("other", rings.get(0));
    try (Trainer failing = trainer(new TrainingHosts(cpus(1), SHARES, Optional.of(rings.get(1))))) {
      assertThatThrownBy(
              () ->
                  failing.prefer(
                      PAIRS,
                      logps -> {
                        throw new IllegalStateException("out of memory");
                      }))
          .hasMessage("out of memory");
    }
    assertThatThrownBy(other::join).hasCauseInstanceOf(RingBrokenException.class);
  }

  private record Result(byte[] parameters, byte[] optimiser, List<String> steps) {}

  private List<Result> together(List<Integer> devices) {
    List<CompletableFuture<Result>> members = new ArrayList<>();
    for (PipeRing ring : PipeRing.of(devices)) {
      members.add(begin("member-" + ring.rank(), ring));
    }
    return members.stream().map(CompletableFuture::join).toList();
  }

  private CompletableFuture<Result> begin(String name, TrainingRing ring) {
    List<ComputeDevice> own = cpus(ring.devices().get(ring.rank()));
    return CompletableFuture.supplyAsync(
        () -> train(name, new TrainingHosts(own, SHARES, Optional.of(ring))), threads);
  }

  /** Steps of all kinds, among them ones that see the whole batch, and one with two pairs alone. */
  private Result train(String name, TrainingHosts hosts) {
    Path parameters = folder.resolve(name);
    Path optimiser = folder.resolve(name + ".optimiser");
    List<String> steps = new ArrayList<>();
    try (Trainer trainer = trainer(hosts)) {
      steps.add(trainer.fineTune(Fixtures.sequences(9)).toString());
      steps.add(trainer.pairGradients(PAIRS).toString());
      steps.add(text(trainer.prefer(PAIRS, Objectives.create("aot", Map.of()))));
      steps.add(
          text(trainer.prefer(PAIRS.subList(0, 2), Fixtures.DPO, new LowerLevel.Unrolled(2, 0.1))));
      steps.add(
          text(
              trainer.prefer(
                  PAIRS,
                  Fixtures.DPO,
                  new LowerLevel.Constrained(SftValue.parse("0.1"), new DynamicBarrier(100, 1)))));
      trainer.save(parameters);
      trainer.saveOptimiser(optimiser);
      return new Result(Files.readAllBytes(parameters), Files.readAllBytes(optimiser), steps);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Trainer trainer(TrainingHosts hosts) {
    return Fixtures.ENGINE.trainer(START, Fixtures.TINY, hosts, Fixtures.options(1e-3, 60));
  }

  private static String text(PreferenceStep step) {
    return List.of(
            step.gradNorm(),
            step.multiplier(),
            List.of(box(step.losses()), box(step.policyChosen()), box(step.policyRejected())))
        .toString();
  }

  private static List<Double> box(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  private static List<ComputeDevice> cpus(int count) {
    return Collections.nCopies(count, ComputeDevice.CPU);
  }
}
