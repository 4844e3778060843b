package dev.proxima.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.experiments.UserError;
import dev.proxima.experiments.config.RewardModelConfig;
import dev.proxima.experiments.terminal.Terminal;
import dev.proxima.experiments.trl.TrlFixtures;
import dev.proxima.models.ModelFolder;
import dev.proxima.models.RewardFolder;
import dev.proxima.models.json.JsonFile;
import dev.proxima.models.safetensors.SafetensorsFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RewardModelRunTest extends PairsRunTest<RewardModelConfig> {

  private static final String AS_TRL = asTrl("reward-model", TrlFixtures.REWARD_MODEL);

  RewardModelRunTest() {
    super(RewardModelConfig.class);
  }

  /** A few tokens at a time, or all: the result does not depend on it. */
  @ParameterizedTest
  @ValueSource(ints = {100, 4096})
  void followsTrlStepForStep(int microBatchTokens) throws IOException {
    RewardModelConfig config =
        config("plain", AS_TRL + "training.micro-batch-tokens = " + microBatchTokens);
    assertThat(run(config, NEW, NEVER)).isZero();
    assertFollows(config, TrlFixtures.json("reward_steps.json").get("plain"));
  }

  @Test
  void followsTrlWithMarginsAndCentredRewards() throws IOException {
    RewardModelConfig config =
        config(
            "margins",
            AS_TRL
                + """
                data.pairs = "%s"
                training.center-rewards-coefficient = 0.05
                engine.activation-checkpointing = true
                """
                    .formatted(TrlFixtures.MARGINS));
    assertThat(run(config, NEW, NEVER)).isZero();
    assertFollows(config, TrlFixtures.json("reward_steps.json").get("margins"));
  }

  @Test
  void leavesARewardModelInTheHuggingFaceLayoutAndAReport() throws IOException {
    RewardModelConfig config = config("whole", AS_TRL + "training.epochs = 1");

    run(config, NEW, NEVER);

    RewardFolder result = RewardFolder.open(config.out().resolve("final"));
    result.folder().verify();
    assertThat(result.padding()).hasValue(0);
    assertThat(result.folder().config())
        .isEqualTo(ModelFolder.open(TrlFixtures.REWARD_MODEL).config());
    assertThat(
            Files.mismatch(
                result.folder().parameters(),
                TrlFixtures.REWARD_MODEL.resolve("model.safetensors")))
        .isNotEqualTo(-1);
    JsonNode summary = new ObjectMapper().readTree(config.out().resolve("summary.json").toFile());
    assertThat(summary.get("objective").textValue()).isEqualTo("bradley-terry");
    assertThat(summary.get("center_rewards_coefficient").doubleValue()).isZero();
    assertThat(summary.get("pairs").intValue()).isEqualTo(40);
    assertThat(summary.at("/passes/0/accuracy").doubleValue()).isBetween(0.5, 1.0);
    assertThat(config.out().resolve("report.html"))
        .content()
        .contains("40 given pairs, objective bradley-terry", "AutoModelForSequenceClassification");
  }

  @Test
  void aStoppedRunGoesOnToTheSameBytes() throws IOException {
    String language = AS_TRL + "model.folder = \"" + TrlFixtures.MODEL + "\"";
    RewardModelConfig whole = config("whole", language);
    RewardModelConfig stopped = config("stopped", language);
    run(whole, NEW, NEVER);

    int[] asked = {0};
    assertThat(run(stopped, NEW, () -> asked[0]++ == 8)).isEqualTo(130);
    assertThat(stopped.out().resolve("final")).doesNotExist();
    assertThat(run(stopped, RESUME, () -> asked[0]++ == 15)).isEqualTo(130);
    assertThat(run(stopped, RESUME, NEVER)).isZero();

    for (String file :
        List.of("final/model.safetensors", "final/config.json", "metrics.jsonl", "summary.json")) {
      assertThat(stopped.out().resolve(file)).hasSameBinaryContentAs(whole.out().resolve(file));
    }
  }

  /** The head of another seed is another, and so is what is trained from it. */
  @Test
  void beginsFromALanguageModelWithAHeadFromTheSeed() throws IOException {
    String language = AS_TRL + "training.epochs = 1, model.folder = \"" + TrlFixtures.MODEL + "\"";
    RewardModelConfig one = config("one", language);
    RewardModelConfig another = config("another", language + ", seed = 18");
    run(one, NEW, NEVER);
    run(another, NEW, NEVER);

    Path result = one.out().resolve("final");
    assertThat(RewardFolder.open(result).padding()).hasValue(0);
    try (SafetensorsFile file = SafetensorsFile.open(result.resolve("model.safetensors"))) {
      assertThat(file.tensors()).containsKey("score.weight").doesNotContainKey("lm_head.weight");
    }
    assertThat(
            Files.mismatch(
                result.resolve("model.safetensors"),
                another.out().resolve("final/model.safetensors")))
        .isNotEqualTo(-1);
  }

  @Test
  void makesAModelWhereNoneIsGiven() throws IOException {
    RewardModelConfig config =
        config(
            "scratch",
            """
            name = scratch
            task = reward-model
            data.pairs = "%s"
            threads = 1
            preference.strings = chat
            tokenizer.vocab-size = 300
            model { hidden-size = 16, intermediate-size = 32, layers = 1, heads = 2, kv-heads = 1 }
            fine-tuning.epochs = 1
            training { batch-size = 10, epochs = 8, learning-rate = 1e-2 }
            """
                .formatted(TrlFixtures.PAIRS));

    assertThat(run(config, NEW, NEVER)).isZero();

    RewardFolder result = RewardFolder.open(config.out().resolve("final"));
    assertThat(result.folder().config().vocabSize()).isEqualTo(300);
    // The tokenizer's padding token, not its end token.
    assertThat(result.padding()).hasValue(1);
    JsonNode summary = new ObjectMapper().readTree(config.out().resolve("summary.json").toFile());
    assertThat(summary.at("/passes/7/accuracy").doubleValue()).isGreaterThan(0.9);
  }

  @Test
  void leavesOutLongPairsAsTrl() throws IOException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    RewardModelConfig config = config("short", AS_TRL + "preference.max-length = 12");
    try (Terminal terminal = Terminal.plain(new PrintStream(output, true))) {
      PairsRun.execute(config, NEW, terminal, NEVER);
    }
    assertThat(output.toString()).containsPattern("Data: \\d+ pairs; left out: [1-9]\\d* too long");
    assertThatThrownBy(() -> run(config("none", AS_TRL + "preference.max-length = 2"), NEW, NEVER))
        .isInstanceOf(UserError.class)
        .hasMessage(
            TrlFixtures.PAIRS + ": every pair is longer than preference.max-length; raise it");
  }

  @Test
  void namesWhatIsWrongAndLeavesNothing() throws IOException {
    Path pairs =
        Files.writeString(
            folder.resolve("bad.jsonl"),
            "{\"prompt\": \"a\", \"chosen\": \"b\", \"rejected\": \"c\", \"margin\": \"much\"}");
    RewardModelConfig config = config("never", AS_TRL + "data.pairs = \"" + pairs + "\"");
    assertThatThrownBy(() -> run(config, NEW, NEVER))
        .isInstanceOf(UserError.class)
        .hasMessage(pairs + ":1: 'margin' must be a number, not a value of type string");

    Path several = Files.createDirectory(folder.resolve("several"));
    for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
      Files.copy(TrlFixtures.REWARD_MODEL.resolve(file), several.resolve(file));
    }
    ObjectNode json = JsonFile.read(several.resolve("config.json"));
    json.remove("id2label");
    JsonFile.write(several.resolve("config.json"), json);
    assertThatThrownBy(
            () -> run(config("never", AS_TRL + "model.folder = \"" + several + "\""), NEW, NEVER))
        .isInstanceOf(UserError.class)
        .hasMessage(
            several.resolve("config.json")
                + ": is of a classifier with 2 labels (key 'id2label'); a reward model has 1");
    assertThat(config.out()).doesNotExist();
  }

  private static void assertFollows(RewardModelConfig config, JsonNode trl) throws IOException {
    List<String> lines = Files.readAllLines(config.out().resolve("metrics.jsonl"));
    assertThat(lines).hasSize(20).hasSameSizeAs(trl);
    for (int i = 0; i < lines.size(); i++) {
      JsonNode step = new ObjectMapper().readTree(lines.get(i));
      assertThat(step.get("step").intValue()).isEqualTo(i + 1);
      assertClose(step, trl.get(i), "loss", 1e-4);
      assertClose(step, trl.get(i), "grad_norm", 1e-2);
      assertClose(step, trl.get(i), "learning_rate", 1e-12);
      assertClose(step, trl.get(i), "accuracy", 1e-6);
      for (String each : List.of("margin", "mean_reward", "min_reward", "max_reward")) {
        assertClose(step, trl.get(i), each, 1e-3);
      }
    }
  }
}
