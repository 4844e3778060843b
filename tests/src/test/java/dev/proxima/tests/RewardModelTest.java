package dev.proxima.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.proxima.experiments.reviews.ReviewData;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.RewardEncoder;
import dev.proxima.models.RewardEncoder.Overlong;
import dev.proxima.models.RewardFolder;
import dev.proxima.models.RewardModel;
import dev.proxima.models.djl.DjlTokenizer;
import dev.proxima.models.djl.TorchEngine;
import dev.proxima.models.io.FileTrees;
import dev.proxima.models.tokenizer.Message;
import dev.proxima.models.tokenizer.Tokenizer;
import dev.proxima.tests.Proxima.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reward model is trained on pairs and then judges responses in the outer loop. */
class RewardModelTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path TINY = Path.of("src/test/resources/tiny.conf");

  @TempDir static Path folder;
  private static Path rewardModel;
  private static Path config;
  private static Path reference;

  @BeforeAll
  static void trainAndUseARewardModel() throws Exception {
    ReviewData.generate(3, new ReviewData.Sizes(1, 1, 1, 200)).write(folder.resolve("data"));
    Path training =
        Files.writeString(
            folder.resolve("reward.conf"),
            """
            name = reward
            task = reward-model
            data.pairs = "%s"
            preference.strings = chat
            tokenizer.vocab-size = 400
            model {
              hidden-size = 32, intermediate-size = 64, layers = 2, heads = 4, kv-heads = 2
              max-position-embeddings = 256
            }
            fine-tuning.epochs = 1
            training { epochs = 6, batch-size = 16, learning-rate = 3e-3 }
            """
                .formatted(folder.resolve("data/pairs.jsonl")));
    Path trained = folder.resolve("reward");
    succeed(Proxima.run("run", training, "--out", trained));
    rewardModel = trained.resolve("final");
    config =
        Files.writeString(
            folder.resolve("judged.conf"),
            """
            include file("%s")
            outer-loop.iterations = 2
            sampling { labels = reward, reward-model.folder = "%s" }
            methods = null
            methods { apo { alpha = 0.3 } }
            """
                .formatted(TINY.toAbsolutePath(), rewardModel));
    reference = folder.resolve("reference");
    succeed(Proxima.run("run", config, "--out", reference));
  }

  /** Warmth towards an aspect is a matter of words, so a small model learns some of it. */
  @Test
  void learnsFromThePairs() throws IOException {
    JsonNode passes = json(rewardModel.resolveSibling("summary.json")).get("passes");
    assertThat(passes.get(5).get("accuracy").doubleValue())
        .isGreaterThan(0.6)
        .isGreaterThan(passes.get(0).get("accuracy").doubleValue());
  }

  /**
   * What became pairs carries the reward model's rewards, the held-out responses the task's. Both
   * are found among the run's artefacts.
   */
  @Test
  void pairsResponsesByTheModelsRewards() throws IOException {
    RewardFolder opened = RewardFolder.open(rewardModel);
    int paired = 0;
    try (Tokenizer tokenizer = DjlTokenizer.open(opened.folder().tokenizer());
        RewardModel model =
            TorchEngine.create(1)
                .rewardModel(
                    opened.folder().parameters(), opened.folder().config(), ComputeDevice.CPU)) {
      RewardEncoder encoder =
          new RewardEncoder(
              opened.folder(),
              tokenizer,
              new RewardEncoder.Options(256, Overlong.KEEP_END, true, false),
              opened.padding());
      for (JsonNode line : pairs(reference)) {
        List<int[]> sequences = new ArrayList<>();
        for (JsonNode response : line.get("responses")) {
          sequences.add(
              encoder
                  .conversation(
                      List.of(new Message("user", line.get("prompt").textValue())),
                      response.get("text").textValue())
                  .orElseThrow());
        }
        double[] rewards = model.rewards(sequences);
        int best = 0;
        int worst = 0;
        for (int i = 0; i < rewards.length; i++) {
          double reward = line.get("responses").get(i).get("reward").doubleValue();
          assertThat(reward).isCloseTo(rewards[i], within(1e-5));
          best = rewards[i] > rewards[best] ? i : best;
          worst = rewards[i] < rewards[worst] ? i : worst;
        }
        assertThat(line.at("/preference/chosen").intValue()).isEqualTo(best);
        assertThat(line.at("/preference/rejected").intValue()).isEqualTo(worst);
        paired++;
      }
    }
    // Two iterations of 12 prompts, of which a few may have equal responses only.
    assertThat(paired).isBetween(12, 24);
    assertThat(json(reference.resolve("summary.json")).toString()).contains("reward_mean");
    assertThat(reference.resolve("report.html")).content().contains(rewardModel.toString());
  }

  @Test
  void survivesKill9ToTheSameBytes() throws Exception {
    Path killed = folder.resolve("killed");
    try (Proxima proxima = Proxima.start("run", config, "--out", killed)) {
      proxima.awaitLine(line -> line.contains("2/2 sampling"));
      proxima.kill();
    }
    succeed(Proxima.run("run", config, "--out", killed, "--resume"));
    assertThat(killed.resolve("apo/final/model.safetensors"))
        .hasSameBinaryContentAs(reference.resolve("apo/final/model.safetensors"));
  }

  /** The same folder with another model in it is another experiment. */
  @Test
  void refusesToGoOnWithAnotherRewardModel() throws Exception {
    Path other = folder.resolve("other-model");
    Path run = folder.resolve("other");
    copy(rewardModel, other);
    Object[] arguments = {
      "run", config, "--out", run, "--set", "sampling.reward-model.folder=\"" + other + "\""
    };
    try (Proxima proxima = Proxima.start(arguments)) {
      proxima.awaitLine(line -> line.contains("1/2 sampling"));
      proxima.kill();
    }
    Path weights = other.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.delete(weights);
    Files.write(weights, bytes);

    Ended resumed =
        Proxima.run(
            Stream.concat(Stream.of(arguments), Stream.of("--resume")).toArray(Object[]::new));
    assertThat(resumed.status()).isEqualTo(2);
    assertThat(resumed.errors()).singleElement().asString().contains("other data or settings");
    FileTrees.delete(run);
  }

  @Test
  void namesAFolderThatHoldsNoRewardModel() throws Exception {
    Path language = reference.resolve("apo/final");
    Path out = folder.resolve("refused");
    Ended ended =
        Proxima.run(
            "run",
            config,
            "--out",
            out,
            "--set",
            "sampling.reward-model.folder=\"" + language + "\"");
    assertThat(ended.status()).isEqualTo(2);
    assertThat(ended.errors())
        .singleElement()
        .asString()
        .contains(language.resolve("config.json") + ": is not a reward model's");
    assertThat(out).doesNotExist();
  }

  /** Labelled lines: with rewards and a preference, without the reference's log-probabilities. */
  private static List<JsonNode> pairs(Path run) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    try (Stream<Path> files = Files.walk(run.resolve("artifacts"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        if (!new String(bytes, 0, Math.min(bytes.length, 6)).startsWith("{\"id\"")) {
          continue;
        }
        for (String line : new String(bytes).split("\n")) {
          JsonNode node = JSON.readTree(line);
          if (node.has("preference") && !line.contains("referenceLogp")) {
            lines.add(node);
          }
        }
      }
    }
    return lines;
  }

  private static void copy(Path source, Path target) throws IOException {
    Files.createDirectory(target);
    try (Stream<Path> files = Files.list(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, target.resolve(file.getFileName()));
      }
    }
  }

  private static JsonNode json(Path file) throws IOException {
    return JSON.readTree(file.toFile());
  }

  private static void succeed(Ended ended) {
    assertThat(ended.status()).as(ended.toString()).isZero();
  }
}
