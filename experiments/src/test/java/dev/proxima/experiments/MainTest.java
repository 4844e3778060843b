package dev.proxima.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.experiments.trl.TrlFixtures;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.LearningRate;
import dev.proxima.models.LoraOptions;
import dev.proxima.models.ModelFolder;
import dev.proxima.models.Optimisation;
import dev.proxima.models.OptimiserOptions;
import dev.proxima.models.TokenSequence;
import dev.proxima.models.Trainer;
import dev.proxima.models.TrainingOptions;
import dev.proxima.models.djl.TorchEngine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {

  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final PrintStream systemErr = System.err;
  private final PrintStream systemOut = System.out;

  @BeforeEach
  void capture() {
    System.setErr(new PrintStream(errors, true));
    System.setOut(new PrintStream(output, true));
  }

  @AfterEach
  void release() {
    System.setErr(systemErr);
    System.setOut(systemOut);
  }

  @Test
  void aMistakeIsOneLineWithStatusTwo() {
    assertThat(Main.execute("run", "none.conf")).isEqualTo(2);
    assertThat(errors.toString().lines())
        .containsExactly("proxima: none.conf: no such file, or it cannot be read");
  }

  @Test
  void suggestsTheNearestCommandAndOption() {
    assertThat(Main.execute("rnu")).isEqualTo(2);
    assertThat(Main.execute("run", "x.conf", "--rseume")).isEqualTo(2);
    assertThat(errors.toString().lines())
        .containsExactly(
            "proxima: unknown argument 'rnu'; did you mean run?",
            "See: proxima --help",
            "proxima: unknown argument '--rseume'; did you mean --resume?",
            "See: proxima run --help");
  }

  @Test
  void resumeAndOverwriteExcludeEachOther() {
    assertThat(Main.execute("run", "x.conf", "--resume", "--overwrite")).isEqualTo(2);
    assertThat(errors.toString()).contains("--resume, --overwrite are mutually exclusive");
  }

  @Test
  void generatesWhatThePromptAsksFor() {
    String model = TrlFixtures.MODEL.toString();
    assertThat(
            Main.execute(
                "generate",
                "--model",
                model,
                "--prompt",
                "hello",
                "--max-new-tokens",
                "4",
                "--temperature",
                "0",
                "--json"))
        .isZero();
    assertThat(output.toString())
        .startsWith("{\"prompt\":\"hello\",\"response\":")
        .contains("\"index\":0", "\"logp\":-");
    assertThat(Main.execute("generate", "--model", model, "--prompt", "a", "--top-p", "3"))
        .isEqualTo(2);
    assertThat(errors.toString().lines()).contains("proxima: top-p must be in (0, 1], not 3.0");
  }

  /** The template's text, by hand, as text: what the tokenizer puts before it is the bos_token. */
  @Test
  void generatesFromWhatTheChatTemplateRenders(@TempDir Path folder) throws IOException {
    String chats =
        """
        {"prompt": "hello"}
        {"prompt": [{"role": "system", "content": "Be short."}, {"role": "user", "content": "why"}]}
        """;
    String rendered =
        """
        {"prompt": "<|user|>hello</s>\\n<|assistant|>"}
        {"prompt": "<|system|>Be short.</s>\\n<|user|>why</s>\\n<|assistant|>"}
        """;
    String unrendered =
        """
        {"prompt": "hello"}
        {"prompt": "why"}
        """;
    Path prompts = folder.resolve("prompts.jsonl");
    Files.writeString(prompts, chats);
    List<JsonNode> expected = responsesTo(prompts);
    Files.writeString(prompts, rendered);
    assertThat(responsesTo(prompts, "--raw")).hasSize(2).isEqualTo(expected);
    Files.writeString(prompts, unrendered);
    assertThat(responsesTo(prompts, "--raw")).doesNotContainAnyElementsOf(expected);
  }

  /** The most probable responses with their log-probabilities, without the prompts. */
  private List<JsonNode> responsesTo(Path prompts, String... options) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of("generate", "--model", TrlFixtures.MODEL.toString(), "--temperature", "0"));
    arguments.addAll(List.of("--max-new-tokens", "8", "--prompts", prompts.toString()));
    arguments.addAll(List.of(options));
    List<JsonNode> responses = new ArrayList<>();
    for (String line : outputOf(arguments.toArray(String[]::new)).lines().toList()) {
      ObjectNode response = (ObjectNode) new ObjectMapper().readTree(line);
      responses.add(response.without("prompt"));
    }
    return responses;
  }

  @Test
  void scoresAFileToStandardOutput() throws IOException {
    assertThat(
            Main.execute(
                "score", "--model", TrlFixtures.MODEL.toString(), TrlFixtures.PAIRS.toString()))
        .isZero();
    assertThat(output.toString().lines())
        .hasSize(40)
        .allSatisfy(
            line ->
                assertThat(new ObjectMapper().readTree(line).fieldNames())
                    .toIterable()
                    .containsExactly(
                        "logp_chosen", "tokens_chosen", "logp_rejected", "tokens_rejected"));
  }

  /** By what the folder holds. */
  @Test
  void scoresWithARewardModel() throws IOException {
    assertThat(
            Main.execute(
                "score",
                "--model",
                TrlFixtures.REWARD_MODEL.toString(),
                TrlFixtures.PAIRS.toString()))
        .isZero();
    JsonNode trl = TrlFixtures.json("rewards.json").get("pairs");
    List<String> lines = output.toString().lines().toList();
    assertThat(lines).hasSize(40);
    for (int i = 0; i < lines.size(); i++) {
      JsonNode line = new ObjectMapper().readTree(lines.get(i));
      assertThat(line.fieldNames())
          .toIterable()
          .containsExactly("reward_chosen", "reward_rejected");
      assertThat(line.get("reward_chosen").doubleValue())
          .isCloseTo(trl.get("chosen").get(i).doubleValue(), within(1e-5));
    }
  }

  @Test
  void scoresAndGeneratesWithAnAdapter(@TempDir Path folder) throws IOException {
    LoraOptions options = new LoraOptions(2, 4, 0, List.of("v_proj"), false);
    ModelFolder model = ModelFolder.open(TrlFixtures.MODEL);
    TrainingOptions training =
        new Optimisation(
                OptimiserOptions.Sgd.DEFAULT, LearningRate.constant(1), 0, 0, 100, 0, options)
            .over(2, 1);
    try (Trainer trainer =
        TorchEngine.create(1)
            .trainer(model.parameters(), model.config(), ComputeDevice.CPU, training)) {
      for (int step = 0; step < 2; step++) {
        trainer.fineTune(List.of(TokenSequence.of(new int[] {5}, new int[] {6, 7, 8})));
      }
      trainer.saveAdapter(folder);
      trainer.save(folder.resolve("merged"));
    }
    ModelFolder merged = model.saveWith(folder.resolve("model"), folder.resolve("merged"));
    String pairs = TrlFixtures.PAIRS.toString();
    String plain = outputOf("score", "--model", model.path().toString(), pairs);
    String whole = outputOf("score", "--model", merged.path().toString(), pairs);
    String adapted =
        outputOf(
            "score", "--model", model.path().toString(), "--adapter", folder.toString(), pairs);
    assertThat(adapted).isEqualTo(whole).isNotEqualTo(plain);

    assertThat(
            Main.execute(
                "generate",
                "--model",
                model.path().toString(),
                "--adapter",
                TrlFixtures.MODEL.toString(),
                "--prompt",
                "a"))
        .isEqualTo(2);
    assertThat(errors.toString().lines())
        .contains(
            "proxima: " + TrlFixtures.MODEL.resolve("adapter_config.json") + ": no such file");
  }

  private String outputOf(String... arguments) {
    output.reset();
    assertThat(Main.execute(arguments)).isZero();
    return output.toString();
  }

  @Test
  void namesWhatScoringCannotTake() {
    String model = TrlFixtures.MODEL.toString();
    String pairs = TrlFixtures.PAIRS.toString();
    assertThat(Main.execute("score", "--model", "none", pairs)).isEqualTo(2);
    assertThat(Main.execute("score", "--model", model, pairs, "--max-length", "500")).isEqualTo(2);
    assertThat(Main.execute("score", "--model", model, pairs, "--truncation", "end")).isEqualTo(2);
    assertThat(errors.toString().lines())
        .containsExactly(
            "proxima: none: no such model folder",
            "proxima: --max-length = 500 is more than the model's longest sequence of 128 tokens",
            "proxima: Invalid value for option '--truncation': use one of keep-start, keep-end,"
                + " not 'end'",
            "See: proxima score --help");
  }

  @Test
  void theVersionIsThatOfTheBuild() {
    assertThat(Main.execute("--version")).isZero();
    assertThat(output.toString()).matches("proxima \\d+\\.\\d+\\.\\d+\\S*\\R");
  }
}
