package dev.proxima.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.proxima.experiments.UserError;
import dev.proxima.experiments.config.PreferenceConfig;
import dev.proxima.experiments.terminal.Terminal;
import dev.proxima.experiments.trl.TrlFixtures;
import dev.proxima.models.ModelFolder;
import dev.proxima.models.json.JsonFile;
import dev.proxima.models.lora.AdapterFolder;
import dev.proxima.models.safetensors.Checkpoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreferenceRunTest extends PairsRunTest<PreferenceConfig> {

  private static final String AS_TRL =
      asTrl("preference", TrlFixtures.MODEL) + "training.beta = 0.3\n";

  PreferenceRunTest() {
    super(PreferenceConfig.class);
  }

  @Test
  void followsTrlStepForStep() throws IOException {
    // A few tokens at a time: the result does not depend on it.
    PreferenceConfig config = config("whole", AS_TRL + "training.micro-batch-tokens = 100");

    assertThat(run(config, NEW, NEVER)).isZero();

    List<String> lines = Files.readAllLines(config.out().resolve("metrics.jsonl"));
    JsonNode trl = TrlFixtures.json("steps.json");
    assertThat(lines).hasSize(20).hasSameSizeAs(trl);
    for (int i = 0; i < lines.size(); i++) {
      JsonNode step = new ObjectMapper().readTree(lines.get(i));
      assertThat(step.get("step").intValue()).isEqualTo(i + 1);
      assertThat(step.get("steps").intValue()).isEqualTo(20);
      assertClose(step, trl.get(i), "loss", 1e-4);
      assertClose(step, trl.get(i), "grad_norm", 1e-3);
      assertClose(step, trl.get(i), "learning_rate", 1e-12);
      for (String each : List.of("chosen", "rejected", "margins")) {
        assertClose(step, trl.get(i), "rewards/" + each, 1e-4);
      }
      // Until the first update has an effect all rewards are 0 but for rounding.
      if (i >= 2) {
        assertClose(step, trl.get(i), "rewards/accuracies", 0.01);
      }
      for (String each : List.of("chosen", "rejected")) {
        assertClose(step, trl.get(i), "logps/" + each, 1e-3);
      }
    }
  }

  @Test
  void spoConstrainsItsStepsAndLogsTheirGradients() throws IOException {
    PreferenceConfig plain = config("plain", AS_TRL);
    PreferenceConfig stable =
        config("stable", AS_TRL + "spo { form = dynamic-barrier, value = 0, diagnostics = true }");
    assertThat(run(plain, NEW, NEVER)).isZero();
    assertThat(run(stable, NEW, NEVER)).isZero();

    JsonNode without = lastStep(plain);
    JsonNode with = lastStep(stable);
    // v = 0 asks every step to lower L_SFT.
    assertThat(with.get("spo/lambda").doubleValue()).isPositive();
    assertThat(with.get("sft_loss").doubleValue())
        .isLessThan(without.get("sft_loss").doubleValue());
    assertThat(with.get("gradients/cosine").doubleValue()).isBetween(-1.0, 1.0);
    assertThat(without.has("gradients/cosine")).isFalse();
  }

  private static JsonNode lastStep(PreferenceConfig config) throws IOException {
    List<String> lines = Files.readAllLines(config.out().resolve("metrics.jsonl"));
    return new ObjectMapper().readTree(lines.get(lines.size() - 1));
  }

  @Test
  void leavesTheModelInTheHuggingFaceLayoutAndAReport() throws IOException {
    PreferenceConfig config = config("whole", AS_TRL + "training.epochs = 1");

    run(config, NEW, NEVER);

    ModelFolder result = ModelFolder.open(config.out().resolve("final"));
    result.verify();
    assertThat(result.config()).isEqualTo(ModelFolder.open(TrlFixtures.MODEL).config());
    assertThat(result.path().resolve("tokenizer_config.json"))
        .hasSameBinaryContentAs(TrlFixtures.MODEL.resolve("tokenizer_config.json"));
    assertThat(result.parameters())
        .satisfies(
            file ->
                assertThat(Files.mismatch(file, TrlFixtures.MODEL.resolve("model.safetensors")))
                    .isNotEqualTo(-1));
    JsonNode summary = new ObjectMapper().readTree(config.out().resolve("summary.json").toFile());
    assertThat(summary.get("pairs").intValue()).isEqualTo(40);
    assertThat(summary.get("passes")).hasSize(1);
    assertThat(summary.at("/passes/0/rewards~1accuracies").doubleValue()).isBetween(0.5, 1.0);
    assertThat(config.out().resolve("report.html")).content().contains("40 given pairs");
  }

  @Test
  void aStoppedRunGoesOnToTheSameBytes() throws IOException {
    PreferenceConfig whole = config("whole", AS_TRL);
    PreferenceConfig stopped = config("stopped", AS_TRL);
    run(whole, NEW, NEVER);

    int[] asked = {0};
    assertThat(run(stopped, NEW, () -> asked[0]++ == 8)).isEqualTo(130);
    assertThat(stopped.out().resolve("final")).doesNotExist();
    assertThat(run(stopped, RESUME, () -> asked[0]++ == 15)).isEqualTo(130);
    assertThat(run(stopped, RESUME, NEVER)).isZero();

    assertSameResult(stopped, whole);
  }

  @Test
  void aRunThatDiedGoesOnFromItsLastCheckpointToTheSameBytes() throws IOException {
    PreferenceConfig whole = config("whole", AS_TRL);
    PreferenceConfig died = config("died", AS_TRL + "training.checkpoint-steps = 6");
    run(whole, NEW, NEVER);

    int[] asked = {0};
    assertThatThrownBy(() -> run(died, NEW, () -> dies(asked[0]++ == 9)))
        .isInstanceOf(AssertionError.class);
    Path metrics = died.out().resolve("metrics.jsonl");
    assertThat(metrics).content().hasLineCount(8);
    Files.writeString(metrics, Files.readString(metrics) + "{\"kind\":\"st");

    assertThat(run(died, RESUME, NEVER)).isZero();
    assertSameResult(died, whole);
  }

  @Test
  void aFinishedRunCanBeResumedToTheSameResult() throws IOException {
    PreferenceConfig config = config("whole", AS_TRL);
    run(config, NEW, NEVER);
    byte[] before = Files.readAllBytes(config.out().resolve("final/model.safetensors"));

    assertThat(run(config, RESUME, NEVER)).isZero();

    assertThat(config.out().resolve("final/model.safetensors")).hasBinaryContent(before);
  }

  /**
   * Checkpoints hold the adapters alone; the end holds them merged, by {@link AdapterFolder} too.
   */
  @Test
  void adaptersGoOnToTheSameBytesAndAreMergedAtTheEnd() throws IOException {
    String lora =
        AS_TRL
            + "training.lora { rank = 2, dropout = 0.1, target-modules = [q_proj, up_proj] }\n"
            + "training.learning-rate = 2e-2";
    PreferenceConfig whole = config("whole", lora);
    PreferenceConfig stopped = config("stopped", lora);
    assertThat(run(whole, NEW, NEVER)).isZero();
    int[] asked = {0};
    assertThat(run(stopped, NEW, () -> asked[0]++ == 8)).isEqualTo(130);
    try (Stream<Path> files = Files.list(stopped.out().resolve("checkpoints/step-7"))) {
      assertThat(files)
          .extracting(file -> file.getFileName().toString())
          .containsExactlyInAnyOrder(
              "adapter_config.json",
              "adapter_model.safetensors",
              "optimiser.safetensors",
              "SHA256SUMS");
    }
    assertThat(run(stopped, RESUME, NEVER)).isZero();

    assertSameResult(stopped, whole);
    AdapterFolder adapter = AdapterFolder.open(whole.out().resolve("adapter"));
    assertThat(JsonFile.read(adapter.path().resolve("adapter_config.json")))
        .contains(new TextNode(TrlFixtures.MODEL.toString()));
    ModelFolder result = ModelFolder.open(whole.out().resolve("final"));
    result.verify();
    try (Checkpoint saved = Checkpoint.open(result.parameters());
        Checkpoint base = Checkpoint.open(TrlFixtures.MODEL.resolve("model.safetensors"));
        Checkpoint merged =
            adapter.mergedInto(TrlFixtures.MODEL.resolve("model.safetensors"), result.config())) {
      for (String name : saved.tensors().keySet()) {
        assertThat(saved.floats(name)).as(name).isEqualTo(merged.floats(name));
        assertThat(saved.floats(name).equals(base.floats(name)))
            .as(name)
            .isNotEqualTo(name.contains("q_proj") || name.contains("up_proj"));
      }
    }
    assertThat(lastStep(whole).get("rewards/accuracies").doubleValue()).isGreaterThan(0.5);
  }

  @Test
  void refusesTargetsThatTheModelDoesNotHave() throws IOException {
    PreferenceConfig config =
        config("never", AS_TRL + "training.lora { rank = 2, target-modules = [c_attn] }");
    assertThatThrownBy(() -> run(config, NEW, NEVER))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "there is no linear layer 'c_attn' for an adapter in a llama; there are down_proj,"
                + " gate_proj, k_proj, o_proj, q_proj, up_proj, v_proj");
    assertThat(config.out()).doesNotExist();
  }

  @Test
  void refusesADamagedCheckpoint() throws IOException {
    PreferenceConfig config = config("damaged", AS_TRL);
    int[] asked = {0};
    run(config, NEW, () -> asked[0]++ == 5);
    Path optimiser = config.out().resolve("checkpoints/step-4/optimiser.safetensors");
    byte[] bytes = Files.readAllBytes(optimiser);
    bytes[bytes.length - 1] ^= 1;
    Files.write(optimiser, bytes);

    assertThatThrownBy(() -> run(config, RESUME, NEVER))
        .isInstanceOf(UserError.class)
        .hasMessage(
            optimiser
                + ": is not what was saved: its checksum differs from SHA256SUMS; restore it from a"
                + " backup or start again with --overwrite");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ipo", "aot", "dpo + 0.2 sft", "dpo-norm", "simpo", "kto"})
  void takesTheObjectivesByName(String objective) throws IOException {
    PreferenceConfig config =
        config(
            "objective",
            AS_TRL
                + "training { objective = \"%s\", epochs = 1, optimiser { name = rmsprop } }"
                    .formatted(objective));

    assertThat(run(config, NEW, NEVER)).isZero();

    JsonNode summary = new ObjectMapper().readTree(config.out().resolve("summary.json").toFile());
    assertThat(summary.get("objective").textValue()).isEqualTo(objective);
    assertThat(summary.at("/passes/0/loss").isNumber()).isTrue();
  }

  @Test
  void makesAModelWhereNoneIsGivenAndGoesOnFromAnyStage() throws IOException {
    String scratch =
        """
        name = scratch
        task = preference
        data.pairs = "%s"
        threads = 1
        preference.strings = chat
        tokenizer.vocab-size = 300
        model { hidden-size = 16, intermediate-size = 32, layers = 1, heads = 2, kv-heads = 1 }
        fine-tuning.epochs = 2
        training.batch-size = 10
        """
            .formatted(TrlFixtures.PAIRS);
    PreferenceConfig whole = config("whole", scratch);
    assertThat(run(whole, NEW, NEVER)).isZero();
    assertThat(ModelFolder.open(whole.out().resolve("final")).config().vocabSize()).isEqualTo(300);

    // Two passes in batches of 32 are four steps; then one chunk for the reference and four steps.
    PreferenceConfig stopped = config("stopped", scratch);
    for (int after : List.of(2, 4, 3)) {
      int[] asked = {0};
      RunOptions options = Files.exists(stopped.out()) ? RESUME : NEW;
      assertThat(run(stopped, options, () -> asked[0]++ == after)).isEqualTo(130);
    }
    assertThat(run(stopped, RESUME, NEVER)).isZero();
    assertSameResult(stopped, whole);
  }

  @Test
  void leavesOutTiesAndPromptsThatFillTheLength() throws IOException {
    Path pairs =
        Files.writeString(
            folder.resolve("pairs.jsonl"),
            """
            {"prompt": "the boat", "chosen": " is warm", "rejected": " is dull"}
            {"prompt": "the boat", "chosen": " is warm", "rejected": " is warm"}
            {"prompt": "the boat and the lamp and the garden and the coffee", "chosen": "a", "rejected": "b"}
            """);
    PreferenceConfig config =
        config("left-out", AS_TRL + "data.pairs = \"" + pairs + "\", preference.max-length = 12");

    ByteArrayOutputStream output = new ByteArrayOutputStream();
    try (Terminal terminal = Terminal.plain(new PrintStream(output, true))) {
      PairsRun.execute(config, NEW, terminal, NEVER);
    }

    assertThat(output.toString()).contains("Data: 1 pairs; left out: 1 too long, 1 ties");
  }

  @Test
  void namesWhatIsWrongWithThePairsOrTheModelAndLeavesNothing() throws IOException {
    Path pairs =
        Files.writeString(
            folder.resolve("bad.jsonl"), "{\"prompt\": \"a\", \"completion\": \"b\"}");
    PreferenceConfig config = config("never", AS_TRL + "data.pairs = \"" + pairs + "\"");
    assertThatThrownBy(() -> run(config, NEW, NEVER))
        .isInstanceOf(UserError.class)
        .hasMessage(pairs + ":1: needs 'chosen' and 'rejected'");
    assertThatThrownBy(() -> run(config("never", AS_TRL + "model.folder = none"), NEW, NEVER))
        .isInstanceOf(UserError.class)
        .hasMessage("none: no such model folder");
    assertThat(config.out()).doesNotExist();
  }

  private static boolean dies(boolean now) {
    if (now) {
      throw new AssertionError("kill -9");
    }
    return false;
  }

  private static void assertSameResult(PreferenceConfig actual, PreferenceConfig expected)
      throws IOException {
    for (String file : List.of("final/model.safetensors", "metrics.jsonl", "summary.json")) {
      assertThat(actual.out().resolve(file)).hasSameBinaryContentAs(expected.out().resolve(file));
    }
  }
}
