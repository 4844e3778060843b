package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.proxima.algorithms.objective.Aggregation;
import dev.proxima.algorithms.objective.Objectives;
import dev.proxima.algorithms.objective.PairRewards;
import dev.proxima.algorithms.objective.PreferenceObjective;
import dev.proxima.algorithms.spo.Regulariser;
import dev.proxima.algorithms.spo.Spo;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.ReferenceTokens;
import dev.proxima.models.TokenPair;
import dev.proxima.models.TokenSequence;
import dev.proxima.models.Trainer;
import dev.proxima.models.Trainer.PreferenceStep;
import dev.proxima.models.safetensors.SafetensorsFile;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every objective on a real policy, whose start is the reference. */
class ObjectiveTrainingTest {

  private static final Path START = Fixtures.path("tied.safetensors");
  private static final List<TokenPair> PAIRS = pairs(6, 0);

  @TempDir Path folder;

  static Stream<PreferenceObjective> objectives() {
    return Stream.concat(
        // At the reference the absolute probability of nothing is missing: it has no gradient
        // there.
        Objectives.names().stream()
            .filter(name -> !name.equals("absolute-probability"))
            .map(name -> Objectives.create(name, Map.of())),
        Stream.of(
            Objectives.create("dpo + 0.2 sft", Map.of()),
            Objectives.create("dpo + 0.1 absolute-probability", Map.of()),
            Objectives.create("dpo", Map.of("gap-weight", "sigmoid")),
            Objectives.create("sppo", Map.of("labels", "soft")),
            Objectives.create("ipo", Map.of("ld-alpha", "0.5")),
            Objectives.create("dpo", Map.of("wpo", "sampled")),
            Objectives.create("dpo + aot", Map.of("dpo.wpo", "sampled", "aot.ld-alpha", "0"))));
  }

  @ParameterizedTest
  @MethodSource("objectives")
  void trainingLowersTheObjectivesOwnLoss(PreferenceObjective objective) {
    try (Trainer trainer = trainer(1e-3, 60)) {
      double first = meanLoss(trainer, objective);
      for (int step = 0; step < 6; step++) {
        trainer.prefer(PAIRS, objective);
      }
      assertThat(meanLoss(trainer, objective)).isLessThan(first);
    }
  }

  /** The objectives that the paper plugs SPO into, under each of its forms. */
  static Stream<Arguments> stableObjectives() {
    return Stream.of("dpo", "cpo", "dpop", "r-dpo", "simpo", "alpha-dpo")
        .flatMap(name -> Arrays.stream(Spo.Form.values()).map(form -> Arguments.of(name, form)));
  }

  @ParameterizedTest
  @MethodSource("stableObjectives")
  void spoPlugsIntoTheObjectivesOfItsPaper(String name, Spo.Form form) {
    Spo spo = Spo.of(form).with(new Regulariser(0.5, Aggregation.SUM));
    PreferenceObjective objective = spo.over(Objectives.create(name, Map.of()));
    try (Trainer trainer = trainer(1e-3, 60)) {
      double first = meanLoss(trainer, objective);
      PreferenceStep step = trainer.prefer(PAIRS, objective, spo.lowerLevel());
      for (int i = 0; i < 6; i++) {
        step = trainer.prefer(PAIRS, objective, spo.lowerLevel());
      }
      assertThat(meanLoss(trainer, objective)).isLessThan(first);
      for (int i = 0; i < PAIRS.size(); i++) {
        // What the preferred responses lose to an optimiser's step, the regulariser gives back.
        assertThat(step.policyChosen()[i]).isGreaterThan(PAIRS.get(i).referenceChosen() - 0.5);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"aot", "aot-unpaired", "kto", "alpha-dpo", "sft"})
  void aCoupledObjectiveDoesNotDependOnTheMicroBatchSize(String name) {
    PreferenceObjective objective =
        Objectives.create(name, name.equals("sft") ? Map.of("mean", "batch") : Map.of());
    assertThat(objective.couplesBatch()).isTrue();
    List<TokenPair> moved = pairs(6, 5);
    try (Trainer whole = trainer(1e-3, 100_000);
        Trainer split = trainer(1e-3, 30);
        Trainer naive = trainer(1e-3, 30)) {
      for (int step = 0; step < 3; step++) {
        double[] losses = whole.prefer(moved, objective).losses();
        assertThat(split.prefer(moved, objective).losses()).containsExactly(losses, within(1e-4));
        naive.prefer(moved, objective::apply);
      }
      FloatBuffer expected = embedding(whole, "whole");
      assertThat(distance(embedding(split, "split"), expected)).isLessThan(1e-3);
      // Where each micro-batch is taken for the batch, another policy comes out.
      assertThat(distance(embedding(naive, "naive"), expected)).isGreaterThan(1e-2);
    }
  }

  @Test
  void aPairMustHaveWhatTheObjectiveNeeds() {
    try (Trainer trainer = trainer(1e-3, 60)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> trainer.prefer(Fixtures.pairs(2), Objectives.create("odpo", Map.of())))
          .withMessage("the objective needs rewards, which a pair lacks");
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  trainer.prefer(
                      Fixtures.pairs(2), Objectives.create("dpo", Map.of("ld-alpha", "0.5"))))
          .withMessage(
              "the objective needs log-probabilities of the reference's tokens, which a pair"
                  + " lacks");
    }
  }

  private static double meanLoss(Trainer trainer, PreferenceObjective objective) {
    return Arrays.stream(trainer.prefer(PAIRS, objective).losses()).average().orElseThrow();
  }

  private static Trainer trainer(double learningRate, int microBatchTokens) {
    return Fixtures.ENGINE.trainer(
        START, Fixtures.TINY, ComputeDevice.CPU, Fixtures.options(learningRate, microBatchTokens));
  }

  /**
   * Pairs to whose responses the reference gives less, by multiples of {@code less} nats that are
   * no two alike among the chosen ones, nor among the rejected.
   */
  static List<TokenPair> pairs(int count, double less) {
    List<TokenSequence> sequences = Fixtures.sequences(2 * count);
    try (LanguageModel model = Fixtures.ENGINE.load(START, Fixtures.TINY, ComputeDevice.CPU)) {
      double[][] logps = model.tokenLogps(sequences);
      return IntStream.range(0, count)
          .mapToObj(
              i ->
                  new TokenPair(
                      sequences.get(2 * i),
                      sequences.get(2 * i + 1),
                      Arrays.stream(logps[2 * i]).sum() - less * (5 * i % 7),
                      Arrays.stream(logps[2 * i + 1]).sum() - less * (3 * i % 7),
                      Optional.of(new ReferenceTokens(logps[2 * i], logps[2 * i + 1])),
                      Optional.of(new PairRewards(1 + i, 0.5, 0.8, 0.3))))
          .toList();
    }
  }

  private FloatBuffer embedding(Trainer trainer, String name) {
    trainer.save(folder.resolve(name));
    try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(name));
        SafetensorsFile start = SafetensorsFile.open(START)) {
      FloatBuffer trained = file.floats("model.embed_tokens.weight");
      FloatBuffer before = start.floats("model.embed_tokens.weight");
      FloatBuffer change = FloatBuffer.allocate(trained.limit());
      for (int i = 0; i < trained.limit(); i++) {
        change.put(i, trained.get(i) - before.get(i));
      }
      return change;
    }
  }

  /** |a - b| / |b| in the L2 norm. */
  private static double distance(FloatBuffer a, FloatBuffer b) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < b.limit(); i++) {
      difference += Math.pow(a.get(i) - b.get(i), 2);
      norm += Math.pow(b.get(i), 2);
    }
    return Math.sqrt(difference / norm);
  }
}
