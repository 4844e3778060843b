package dev.proxima.experiments.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.proxima.actors.coordinator.LeasePolicy;
import dev.proxima.actors.run.PolicyEvaluation.Policy;
import dev.proxima.actors.run.RunSettings;
import dev.proxima.actors.run.RunSettings.Labels;
import dev.proxima.actors.run.RunSettings.Method;
import dev.proxima.algorithms.objective.AbsoluteProbability;
import dev.proxima.algorithms.objective.Aggregation;
import dev.proxima.algorithms.objective.Divergence;
import dev.proxima.algorithms.objective.Dpo;
import dev.proxima.algorithms.objective.Objectives;
import dev.proxima.algorithms.objective.PreferenceObjective;
import dev.proxima.algorithms.objective.Sft;
import dev.proxima.algorithms.objective.SftExcess;
import dev.proxima.algorithms.objective.SftValue;
import dev.proxima.algorithms.objective.WeightedSum;
import dev.proxima.algorithms.outer.ExtrapolationSchedule;
import dev.proxima.algorithms.outer.ExtrapolationSchedule.Accelerated;
import dev.proxima.algorithms.outer.ExtrapolationSchedule.Constant;
import dev.proxima.algorithms.outer.ExtrapolationSchedule.PerIteration;
import dev.proxima.algorithms.outer.InnerStart;
import dev.proxima.algorithms.outer.MomentumFrom;
import dev.proxima.algorithms.outer.OuterLoop;
import dev.proxima.algorithms.outer.ReferenceUpdate;
import dev.proxima.algorithms.outer.ReferenceUpdate.Extrapolated;
import dev.proxima.algorithms.outer.ReferenceUpdate.MovingAverage;
import dev.proxima.algorithms.outer.Restart;
import dev.proxima.algorithms.spo.DynamicBarrier;
import dev.proxima.algorithms.spo.LowerLevel;
import dev.proxima.algorithms.spo.Spo;
import dev.proxima.experiments.UserError;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.LoraOptions;
import dev.proxima.models.OptimiserOptions;
import dev.proxima.models.SamplingOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExperimentConfigTest {

  @TempDir private Path folder;

  @Test
  void readsTheDefaultsAsTheRunsRecords() throws IOException {
    ExperimentConfig config = load("name = tiny");

    assertThat(config.settings().name()).isEqualTo("tiny");
    assertThat(config.settings().seed()).isEqualTo(17);
    assertThat(config.settings().sampling()).isEqualTo(new SamplingOptions(5, 0.7, 0.9, 48));
    assertThat(config.settings().labels()).isEqualTo(Labels.BRADLEY_TERRY);
    assertThat(config.settings().training().beta()).containsExactly(0.1);
    assertThat(config.settings().methods())
        .containsExactly(
            new Method("apo", OuterLoop.accelerated(3, 0.3)),
            new Method("iterative-dpo", OuterLoop.accelerated(3, 0)));
    assertThat(config.out()).isEqualTo(Path.of("runs/tiny"));
    assertThat(config.devices()).containsExactly(ComputeDevice.CPU);
    assertThat(config.leases()).isEqualTo(new LeasePolicy(Duration.ofMinutes(5), 3));
  }

  @Test
  void laysTheCommandLineOverTheFile() throws IOException {
    ExperimentConfig config =
        ExperimentConfig.load(
            file("name = a, seed = 1, out = b, training.epochs = 2"),
            new Overrides(
                List.of("training.epochs=3", "training.epochs=4", "seed=5"),
                Optional.of(Path.of("c")),
                OptionalLong.of(6)));

    assertThat(config.settings().training().epochs()).isEqualTo(4);
    assertThat(config.settings().seed()).isEqualTo(6);
    assertThat(config.out()).isEqualTo(Path.of("c"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/some/dir/file.jsonl",
        "/some//dir/#1/a+b:c@d.jsonl",
        "../a b=c.jsonl",
        "\"/some/dir/file.jsonl\""
      })
  void takesPathsOnTheCommandLineWithoutQuotes(String path) throws IOException {
    ExperimentConfig config = load("data.task = pairs", "data.pairs=" + path);

    Path expected = Path.of(path.replace("\"", ""));
    assertThat(((DataSettings.Pairs) config.data()).file()).isEqualTo(expected);
  }

  @Test
  void takesListsAndOptionsByName() throws IOException {
    ExperimentConfig config =
        load(
            "training { objective = ipo, objective-options { tau = 3 } }",
            "training.beta=[0.01, 0.1, 1]",
            "devices=[cpu, \"cuda:1\"]");

    assertThat(config.settings().training().beta()).containsExactly(0.01, 0.1, 1.0);
    assertThat(config.settings().training().options()).containsExactly(entry("tau", "3"));
    assertThat(config.devices()).containsExactly(ComputeDevice.CPU, new ComputeDevice("cuda", 1));
  }

  @Test
  void aFilesMethodsReplaceTheDefaultOnesAndOverrideTheOuterLoop() throws IOException {
    ExperimentConfig config =
        load(
            """
            outer-loop.iterations = 2
            methods {
              expo { alpha = 0.5, iterations = 1, momentum-from = extrapolated, result = extrapolated }
            }
            """);

    assertThat(config.settings().methods())
        .containsExactly(
            new Method(
                "expo",
                new OuterLoop(
                    1,
                    new Extrapolated(new Constant(0.5), MomentumFrom.EXTRAPOLATED, Restart.NONE),
                    InnerStart.REFERENCE),
                Policy.EXTRAPOLATED));
  }

  @Test
  void takesSchedulesRestartsAndMovingAverages() throws IOException {
    ExperimentConfig config =
        load(
            """
            outer-loop.inner-start = proximal
            methods {
              listed { alpha = [0, 0.3, 5e-1] }
              nesterov { alpha = nesterov, restart = held-out, momentum-from = extrapolated }
              fista { alpha = fista }
              hard { reference = ema, ema-weight = 1, ema-every = 2 }
              soft { reference = ema }
            }
            """);

    assertThat(config.settings().methods())
        .extracting(method -> method.outerLoop().reference())
        .containsExactly(
            extrapolated(Accelerated.FISTA),
            new MovingAverage(1, 2),
            extrapolated(new PerIteration(List.of(0.0, 0.3, 0.5))),
            new Extrapolated(Accelerated.NESTEROV, MomentumFrom.EXTRAPOLATED, Restart.HELD_OUT),
            new MovingAverage(0.5, 1));
    assertThat(config.settings().methods())
        .allSatisfy(
            method -> assertThat(method.outerLoop().innerStart()).isEqualTo(InnerStart.PROXIMAL));
  }

  @Test
  void takesThemOnTheCommandLineToo() throws IOException {
    ExperimentConfig config =
        load(
            "name = a",
            "methods.apo.alpha=null",
            "methods.apo.reference=ema",
            "methods.iterative-dpo.alpha=[0.1, 0.3]");

    assertThat(config.settings().methods())
        .extracting(method -> method.outerLoop().reference())
        .containsExactly(
            new MovingAverage(0.5, 1), extrapolated(new PerIteration(List.of(0.1, 0.3))));
  }

  @Test
  void nullTakesAMethodAway() throws IOException {
    ExperimentConfig config = load("name = a", "methods.iterative-dpo=null");

    assertThat(config.settings().methods()).extracting(Method::name).containsExactly("apo");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "training.learning-rat = 1 | training.learning-rat | training.learning-rate",
        "learning-rate = 1 | learning-rate | training.learning-rate",
        "sede = 1 | sede | seed",
        "sampling.top_p = 1 | sampling.top_p | sampling.top-p",
        "methods.apo.alhpa = 0.1 | methods.apo.alhpa | methods.apo.alpha",
        "methods.apo.restarts = none | methods.apo.restarts | methods.apo.restart",
        "outer-loop.ema-wieght = 1 | outer-loop.ema-wieght | outer-loop.ema-weight",
      })
  void namesTheNearestKnownKey(String line, String key, String nearest) throws IOException {
    assertRejected(
        "name = a\n" + line, "%s:2: unknown key " + key + "; did you mean " + nearest + "?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "methods.apo.alpha = 1 | in [0, 1)",
        "methods.apo.alpha = -0.1 | in [0, 1)",
        "methods.apo.alpha = NaN | in [0, 1)",
        "methods.apo.alpha = [0.3, 1] | a number in [0, 1), a list of such, nesterov or fista",
        "methods.apo.alpha = [] | a list of such",
        "methods.apo.alpha = [nesterov] | a list of such",
        "methods.apo.alpha = momentum | nesterov or fista",
        "methods.apo.alpha = true | a number in [0, 1)",
        "methods.apo.restart = always, methods.apo.alpha = 0 | one of none, held-out",
        "methods.apo.reference = average | one of extrapolated, ema",
        "methods.apo.alpha = 0.3, methods.apo.reference = ema | null, since reference = ema",
        "methods.apo.ema-weight = 0, methods.apo.reference = ema | a number in (0, 1]",
        "methods.apo.ema-every = 0, methods.apo.reference = ema | a whole number of at least 1",
        "methods.apo.momentum-from = sft, methods.apo.alpha = 0 | one of proximal, extrapolated",
        "methods.apo.inner-start = sft, methods.apo.alpha = 0 | one of reference, proximal",
        "methods.apo.result = best, methods.apo.alpha = 0 | one of proximal, extrapolated",
        "methods.apo.iterations = 0 | a whole number of at least 1",
        "training.beta = 0 | a number above 0, or a list of such",
        "training.beta = [0.1, no] | a number above 0, or a list of such",
        "training.beta = [] | a number above 0, or a list of such",
        "training.learning-rate = fast | a number above 0",
        "training.epochs = 2.5 | a whole number of at least 1",
        "training.epochs = 0 | a whole number of at least 1",
        "training.batch-size = 3000000000 | a whole number of at least 1",
        "training.schedule = cubic | one of constant, linear, cosine",
        "training.synchronisation = weights | one of parameters, gradients",
        "training.averaging-steps = -1 | a whole number of at least 0",
        "training.warmup-from = one | one of zero, first-step",
        "training.optimiser = sgd | a group of keys, training.optimiser { ... }",
        "training.optimiser.name = adam | one of adamw, rmsprop, sgd",
        "training.optimiser.betas = [0.9] | two numbers in [0, 1)",
        "training.optimiser.epsilon = -1 | a number of at least 0",
        "training.objective = \"\" | a text",
        "training.lora.rank = -1 | a whole number of at least 0",
        "training.lora.alpha = 0 | a number above 0",
        "training.lora.dropout = 1 | a number in [0, 1)",
        "training.lora.target-modules = 3 | a list of names such as [q_proj, v_proj], or []",
        "training.lora.target-modules = [\"\"] | a list of names such as [q_proj, v_proj], or []",
        "training.lora.rslora = 2 | true or false",
        "training = 3 | a group of keys, training { ... }",
        "sampling.responses = 1 | a whole number of at least 2",
        "sampling.top-p = 0 | a number in (0, 1]",
        "sampling.labels = best | one of bradley-terry, reward",
        "sampling.max-new-tokens = 128 | at most 127",
        "model.tie-word-embeddings = 7 | true or false",
        "model.hidden-size = 130 | an even multiple of model.heads = 4",
        "model.kv-heads = 3 | a divisor of model.heads = 4",
        "tokenizer.vocab-size = 255 | a whole number of at least 261",
        "devices = [gpu] | a list such as [cpu]",
        "devices = [] | a list such as [cpu]",
        "seed = 1.5 | a whole number of 64 bits",
        "name = ../up | letters, digits",
        "leases.time-out = soon | a duration above 0",
        "spo.form = barrier | one of none, unrolled, penalty, dynamic-barrier",
        "spo.value = optimum | a number (nats per token) or reference",
        "spo.lambda = 0 | a number above 0",
        "spo.inner-steps = 0 | a whole number of at least 1",
        "spo.inner-learning-rate = -1 | a number of at least 0",
        "spo.barrier-rate = 0 | a number above 0",
        "spo.barrier-share = -1 | a number above 0",
        "spo.regulariser.weight = -1 | a number of at least 0",
        "spo.regulariser.aggregation = max | one of sum, mean",
        "spo.diagnostics = 2 | true or false",
        "data.task = chat | one of reviews, pairs",
        "methods {} | at least one",
        "methods.apo = 0.3 | a group of keys, methods.apo { ... }",
      })
  void namesPlaceKeyValueAndWhatIsAccepted(String line, String accepted) throws IOException {
    String key = line.replaceAll("[ ={].*", "");
    assertThatThrownBy(() -> load("\n" + line))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(folder.resolve("x.conf") + ":2: " + key + " = ")
        .hasMessageContaining(" is not accepted; use ")
        .hasMessageContaining(accepted)
        .message()
        .hasLineCount(1);
  }

  @Test
  void namesTheOptionThatGaveABadValue() {
    assertThatThrownBy(() -> load("name = a", "training.beta=-1"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "--set training.beta: training.beta = -1 is not accepted; use a number above 0, or a"
                + " list of such");
    assertThatThrownBy(() -> load("name = a", "training.bta=1"))
        .hasMessage("--set training.bta: unknown key training.bta; did you mean training.beta?");
    assertThatThrownBy(() -> load("name = a", "seed"))
        .hasMessage("--set seed: use --set key=value");
    assertThatThrownBy(() -> load("name = a", "training.beta=[1"))
        .hasMessage("--set training.beta: [1 is not valid HOCON");
  }

  @Test
  void asksForTheAlphaOfANewMethodAndForTheFileOfPairs() throws IOException {
    assertRejected(
        "methods { new {} }",
        "%s:1: methods.new.alpha is missing; use a number in [0, 1), a list of such, nesterov or fista");
    assertThatThrownBy(() -> load("data.task = pairs"))
        .hasMessageContaining("data.pairs = null is not accepted; use the path of a JSONL file");
  }

  @Test
  void namesAFileThatIsMissingOrNotHocon() throws IOException {
    Path missing = folder.resolve("none.conf");
    assertThatThrownBy(() -> ExperimentConfig.load(missing, Overrides.NONE))
        .isInstanceOf(UserError.class)
        .hasMessage(missing + ": no such file, or it cannot be read");
    assertThatThrownBy(() -> load("name = a\ntraining { epochs = 1"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(folder.resolve("x.conf") + ":2: ");
    assertThatThrownBy(() -> load("name = ${nothing}"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(folder.resolve("x.conf") + ":1: ");
  }

  @Test
  void theResolvedConfigurationDescribesTheSameExperiment() throws IOException {
    ExperimentConfig config =
        load("name = a, methods { m { alpha = 0.1 } }", "training.beta=[1, 2]", "out=/a b");

    ExperimentConfig again = load(config.resolved());

    assertThat(again).isEqualTo(config);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "out=elsewhere",
        "devices=[cpu, cpu]",
        "threads=1",
        "training.checkpoint-steps=3",
        "leases.attempts=9",
        "training.lora.alpha=32"
      })
  void theFingerprintLeavesOutWhatNoResultDependsOn(String assignment) throws IOException {
    assertThat(load("name = a", assignment).fingerprint())
        .isEqualTo(load("name = a").fingerprint());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name=b",
        "seed=18",
        "data.prompts-per-iteration=7",
        "tokenizer.vocab-size=300",
        "model.layers=1",
        "training.objective=ipo",
        "training.replicas=2",
        "training.averaging-steps=5",
        "training.synchronisation=gradients",
        "evaluation.shard-prompts=3",
        "training.lora.rank=4",
        "spo.form=penalty",
        "spo.regulariser.weight=0.1",
        "methods.apo.alpha=0.2",
        "methods.apo.alpha=[0.3]",
        "methods.apo.alpha=nesterov",
        "methods.apo.restart=held-out",
        "methods.apo.inner-start=proximal"
      })
  void theFingerprintTellsExperimentsApart(String assignment) throws IOException {
    assertThat(load("name = a", assignment).fingerprint())
        .isNotEqualTo(load("name = a").fingerprint());
  }

  @Test
  void refusesToAverageReplicasThatNeverPart() throws IOException {
    assertRejected(
        "training { synchronisation = gradients, averaging-steps = 5 }",
        "%s:1: training.averaging-steps = 5 is not accepted; use 0: with synchronisation ="
            + " gradients replicas never part");
  }

  @Test
  void refusesToAverageAdaptersThatAreNotMerged() throws IOException {
    assertRejected(
        "training { lora.rank = 4, averaging-steps = 5 }",
        "%s:1: training.averaging-steps = 5 is not accepted; use 0: adapters can be averaged only"
            + " at the end of an iteration, where they are merged");
  }

  @Test
  void refusesAnObjectiveOrAnOptionThatDoesNotExist() throws IOException {
    assertRejected(
        "training.objective = dpoo",
        "%s:1: unknown objective 'dpoo'; did you mean 'dpo'? known: "
            + String.join(", ", Objectives.names()));
    assertRejected(
        "training { objective = ipo, objective-options { tua = 3 } }",
        "%s:1: unknown option of ipo 'tua'; did you mean 'tau'? known: aggregation,"
            + " beta, divergence, divergence-alpha, gap-scale, gap-weight, ld-alpha, scale, tau, wpo");
    assertRejected(
        "training { objective = dpo, objective-options { divergence = kl } }",
        "%s:1: divergence must be one of reverse-kl, forward-kl, jensen-shannon, alpha, not 'kl'");
    assertRejected(
        "training { objective = ipo, objective-options { tau = [1, 2] } }",
        "%s:1: training.objective-options.tau = [1,2] is not accepted; use a number or a word");
  }

  @ParameterizedTest
  @MethodSource("dev.proxima.algorithms.objective.Objectives#names")
  void takesEveryObjectiveByItsName(String name) throws IOException {
    ExperimentConfig config = load("training.beta = 0.7", "training.objective=" + name);

    PreferenceObjective objective = config.settings().training().objectiveAt(1);
    assertThat(objective)
        .isEqualTo(
            Objectives.create(
                name, Objectives.hasOption(name, "beta") ? Map.of("beta", "0.7") : Map.of()));
  }

  @Test
  void takesSumsOfObjectivesWithTheirTermsOptions() throws IOException {
    ExperimentConfig config =
        load(
            """
            training {
              objective = "dpo + 0.2 sft"
              beta = [0.5, 1]
              objective-options { sft.mean = batch, dpo { smoothing = 0.1 } }
            }
            """);

    assertThat(config.settings().training().objectiveAt(2))
        .isEqualTo(
            new WeightedSum(
                List.of(
                    new WeightedSum.Term(1, new Dpo(1, 0.1, Divergence.REVERSE_KL)),
                    new WeightedSum.Term(0.2, new Sft(Sft.Mean.BATCH)))));
  }

  @Test
  void readsSpoAsAPlugInOverTheObjective() throws IOException {
    ExperimentConfig plain = load("name = a");
    assertThat(plain.settings().training().spo()).isEqualTo(Spo.NONE);
    assertThat(plain.settings().training().diagnostics()).isFalse();

    ExperimentConfig config =
        load(
            """
            training.objective = ipo
            spo {
              form = penalty, lambda = 2, value = 1.25, diagnostics = true
              regulariser { weight = 0.5, aggregation = mean }
            }
            """);
    assertThat(config.settings().training().diagnostics()).isTrue();
    assertThat(config.settings().training().objectiveAt(1))
        .isEqualTo(
            new WeightedSum(
                List.of(
                    new WeightedSum.Term(1, Objectives.create("ipo", Map.of("beta", "0.1"))),
                    new WeightedSum.Term(2, new SftExcess(SftValue.of(1.25))),
                    new WeightedSum.Term(0.5, new AbsoluteProbability(Aggregation.MEAN)))));
    assertThat(
            load("spo { form = dynamic-barrier, barrier-rate = 0.5, barrier-share = 3 }")
                .settings()
                .training()
                .spo()
                .lowerLevel())
        .isEqualTo(new LowerLevel.Constrained(SftValue.REFERENCE, new DynamicBarrier(0.5, 3)));
    assertThat(
            load("spo { form = unrolled, inner-steps = 2, inner-learning-rate = 0.3 }")
                .settings()
                .training()
                .spo()
                .lowerLevel())
        .isEqualTo(new LowerLevel.Unrolled(2, 0.3));
  }

  @Test
  void refusesAnObjectiveThatNeedsRewardsForPairsWithoutAny() {
    assertThatThrownBy(
            () -> load("data { task = pairs, pairs = x.jsonl }", "training.objective=odpo"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "--set training.objective: training.objective = odpo is not accepted; use one that"
                + " needs no rewards: the pairs of data.task = pairs have none");
  }

  @Test
  void takesEveryOptimiserWithItsOptions() throws IOException {
    assertThat(load("name = a").settings().training().optimisation().optimiser())
        .isEqualTo(OptimiserOptions.AdamW.DEFAULT);
    assertThat(optimiser("name = adamw, betas = [0.8, 0.9], epsilon = 1e-6"))
        .isEqualTo(new OptimiserOptions.AdamW(0.8, 0.9, 1e-6));
    assertThat(optimiser("name = rmsprop")).isEqualTo(OptimiserOptions.RmsProp.DEFAULT);
    assertThat(optimiser("name = rmsprop, alpha = 0.9, momentum = 0.5, centred = true"))
        .isEqualTo(new OptimiserOptions.RmsProp(0.9, 1e-8, 0.5, true));
    assertThat(optimiser("name = sgd")).isEqualTo(OptimiserOptions.Sgd.DEFAULT);
    assertThat(optimiser("name = sgd, momentum = 0.9, nesterov = true"))
        .isEqualTo(new OptimiserOptions.Sgd(0.9, 0, true));
  }

  @Test
  void refusesWhatAnOptimiserDoesNotHave() throws IOException {
    assertRejected(
        "training.optimiser { name = sgd, betas = [0.9, 0.999] }",
        "%s:1: unknown option of sgd 'betas'; did you mean 'momentum'? known: dampening,"
            + " momentum, nesterov");
    assertRejected(
        "training.optimiser { name = sgd, nesterov = true }",
        "%s:1: training.optimiser.nesterov = true is not accepted; use false, or a momentum above"
            + " 0 and a dampening of 0");
  }

  @Test
  void readsDropoutOfEachTraining() throws IOException {
    RunSettings settings = load("fine-tuning.dropout = 0.1").settings();
    assertThat(settings.fineTuning().optimisation().dropout()).isEqualTo(0.1);
    assertThat(settings.training().optimisation().dropout()).isZero();
    assertThat(load("training.dropout = 0.2").settings().training().optimisation().dropout())
        .isEqualTo(0.2);
    assertRejected(
        "training.dropout = 1",
        "%s:1: training.dropout = 1 is not accepted; use a number in [0, 1)");
  }

  @Test
  void readsAdaptersOfTheProximalStep() throws IOException {
    RunSettings settings =
        load("training.lora { rank = 4, alpha = 8, dropout = 0.1, target-modules = [mlp.up_proj] }")
            .settings();
    assertThat(settings.training().optimisation().lora())
        .isEqualTo(new LoraOptions(4, 8, 0.1, List.of("mlp.up_proj"), false));
    assertThat(settings.fineTuning().optimisation().lora()).isEqualTo(LoraOptions.NONE);
    assertThat(load("name = a").settings().training().optimisation().lora())
        .isEqualTo(LoraOptions.NONE);
    assertRejected(
        "training.lora { rank = 4, target-modules = [q_proj, qproj] }",
        "%s:1: there is no linear layer 'qproj' for an adapter in a llama; there are down_proj,"
            + " gate_proj, k_proj, o_proj, q_proj, up_proj, v_proj");
  }

  private OptimiserOptions optimiser(String options) throws IOException {
    return load("fine-tuning.optimiser { " + options + " }")
        .settings()
        .fineTuning()
        .optimisation()
        .optimiser();
  }

  private static ReferenceUpdate extrapolated(ExtrapolationSchedule schedule) {
    return new Extrapolated(schedule, MomentumFrom.PROXIMAL, Restart.NONE);
  }

  private void assertRejected(String text, String message) throws IOException {
    assertThatThrownBy(() -> load(text))
        .isInstanceOf(UserError.class)
        .hasMessage(message.formatted(folder.resolve("x.conf")));
  }

  private ExperimentConfig load(String text, String... assignments) throws IOException {
    return ExperimentConfig.load(
        file(text), new Overrides(List.of(assignments), Optional.empty(), OptionalLong.empty()));
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("x.conf"), text);
  }
}
