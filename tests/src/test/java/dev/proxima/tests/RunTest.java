package dev.proxima.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.proxima.tests.Proxima.Ended;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code proxima run} from end to end, each run in a JVM of its own. */
class RunTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path CONFIG = Path.of("src/test/resources/tiny.conf");
  private static final List<String> METHODS = List.of("apo", "iterative-dpo");

  @TempDir static Path folder;
  private static Path reference;

  @BeforeAll
  static void runOnce() throws Exception {
    reference = folder.resolve("reference");
    Ended ended = Proxima.run("run", CONFIG, "--out", reference);
    assertThat(ended.status()).as(ended.toString()).isZero();
  }

  @Test
  void leavesAllThatTheReadmePromises() {
    assertThat(reference)
        .isDirectoryContaining("glob:**/config.resolved.conf")
        .isDirectoryContaining("glob:**/metrics.jsonl")
        .isDirectoryContaining("glob:**/samples.jsonl")
        .isDirectoryContaining("glob:**/summary.json")
        .isDirectoryContaining("glob:**/report.html");
    assertThat(reference.resolve("plots"))
        .isDirectoryContaining("glob:**/reward.png")
        .isDirectoryContaining("glob:**/win_rate.png")
        .isDirectoryContaining("glob:**/reward_vs_kl.png");
    for (String method : METHODS) {
      assertThat(reference.resolve(method).resolve("final"))
          .isDirectoryContaining("glob:**/config.json")
          .isDirectoryContaining("glob:**/model.safetensors")
          .isDirectoryContaining("glob:**/tokenizer.json")
          .isDirectoryContaining("glob:**/generation_config.json");
    }
  }

  @Test
  void summarisesEveryIterationOfBothPolicies() throws IOException {
    JsonNode methods = JSON.readTree(reference.resolve("summary.json").toFile()).get("methods");
    for (String method : METHODS) {
      JsonNode iterations = methods.get(method).get("iterations");
      assertThat(iterations).hasSize(4);
      for (JsonNode iteration : iterations) {
        for (String policy : List.of("proximal", "extrapolated")) {
          JsonNode metrics = iteration.get(policy);
          assertThat(metrics.get("evaluation_prompts").asInt()).isEqualTo(8);
          for (String metric :
              List.of("reward_mean", "win_rate_vs_sft", "kl_to_sft", "response_length_mean")) {
            assertThat(metrics.get(metric).isNumber()).isTrue();
            assertThat(metrics.get(metric + "_standard_error").isNumber()).isTrue();
          }
        }
      }
      JsonNode fineTuned = iterations.get(0).get("proximal");
      assertThat(fineTuned.get("win_rate_vs_sft").asDouble()).isEqualTo(0.5);
      assertThat(fineTuned.get("kl_to_sft").asDouble()).isBetween(-1e-4, 1e-4);
    }
  }

  @Test
  void logsEveryStepAndIterationOnce() throws IOException {
    Map<String, Integer> lines = new HashMap<>();
    for (String line : Files.readAllLines(reference.resolve("metrics.jsonl"))) {
      JsonNode node = JSON.readTree(line);
      String step = node.has("step") ? node.get("step").asText() : "";
      String key =
          node.get("kind").asText() + node.get("method").asText() + node.get("iteration") + "/";
      assertThat(lines.merge(key + step, 1, Integer::sum)).as(line).isEqualTo(1);
    }
    // 96 examples in batches of 16; at most 12 pairs an iteration in batches of 4, twice.
    assertThat(lines.keySet()).filteredOn(key -> key.startsWith("stepsft0")).hasSize(6);
    assertThat(lines.keySet()).filteredOn(key -> key.startsWith("stepapo1")).hasSize(6);
    assertThat(lines.keySet()).filteredOn(key -> key.startsWith("iteration")).hasSize(8);
  }

  @Test
  void givesTheSameBytesAgainAndOnTwoDevices() throws Exception {
    Path again = folder.resolve("two-devices");
    Ended ended = Proxima.run("run", CONFIG, "--out", again, "--set", "devices=[cpu, cpu]");
    assertThat(ended.status()).as(ended.toString()).isZero();
    assertSameModels(again);
  }

  /**
   * Three logical replicas on one device, and on two that are killed and go on from checkpoints.
   */
  @ParameterizedTest
  @ValueSource(strings = {"training.averaging-steps=1", "training.synchronisation=gradients"})
  void neitherDevicesNorKillsChangeWhatReplicasLearn(String synchronisation) throws Exception {
    List<Object> replicas =
        List.of(
            "--set",
            "training.replicas=3",
            "--set",
            "training.batch-size=2",
            "--set",
            synchronisation,
            "--set",
            "outer-loop.iterations=1",
            "--set",
            "methods.iterative-dpo=null");
    Path one = folder.resolve("one-" + synchronisation);
    Ended ended = Proxima.run(run(one, replicas));
    assertThat(ended.status()).as(ended.toString()).isZero();

    Path two = folder.resolve("two-" + synchronisation);
    List<Object> devices = new ArrayList<>(replicas);
    devices.addAll(List.of("--set", "devices=[cpu, cpu]", "--set", "training.checkpoint-steps=1"));
    try (Proxima proxima = Proxima.start(run(two, devices))) {
      proxima.awaitLine(line -> line.contains("1/1 training"));
      proxima.kill();
    }
    devices.add("--resume");
    Ended resumed = Proxima.run(run(two, devices));
    assertThat(resumed.status()).as(resumed.toString()).isZero();
    Path model = Path.of("apo", "final", "model.safetensors");
    assertThat(two.resolve(model)).hasSameBinaryContentAs(one.resolve(model));
    assertThat(Files.readAllLines(two.resolve("metrics.jsonl")))
        .containsExactlyInAnyOrderElementsOf(Files.readAllLines(one.resolve("metrics.jsonl")));
  }

  private static Object[] run(Path out, List<Object> settings) {
    List<Object> arguments = new ArrayList<>(List.of("run", CONFIG, "--out", out));
    arguments.addAll(settings);
    return arguments.toArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"fine-tuning", "1/3 sampling", "2/3 training", "3/3 evaluation"})
  void survivesKill9(String stage) throws Exception {
    Path killed = folder.resolve("killed-" + stage.replace('/', '-'));
    // Trainings of the reference run have no checkpoint on the way.
    String checkpoints = "training.checkpoint-steps=2";
    try (Proxima proxima = Proxima.start("run", CONFIG, "--out", killed, "--set", checkpoints)) {
      proxima.awaitLine(line -> line.contains(stage));
      proxima.kill();
    }
    Ended resumed = Proxima.run("run", CONFIG, "--out", killed, "--resume", "--set", checkpoints);
    assertThat(resumed.status()).as(resumed.toString()).isZero();
    assertSameModels(killed);
    // Two methods take turns, so only the order of lines may differ.
    assertThat(Files.readAllLines(killed.resolve("metrics.jsonl")))
        .containsExactlyInAnyOrderElementsOf(
            Files.readAllLines(reference.resolve("metrics.jsonl")));
  }

  @Test
  void stopsCleanlyOnSigtermAndResumes() throws Exception {
    Path stopped = folder.resolve("stopped");
    try (Proxima proxima = Proxima.start("run", CONFIG, "--out", stopped)) {
      proxima.awaitLine(line -> line.contains("2/3 sampling"));
      proxima.terminate();
      Ended ended = proxima.await();
      assertThat(ended.status()).isEqualTo(128 + 15);
      assertThat(ended.output()).last().asString().contains("--resume");
      assertThat(ended.errors()).isEmpty();
    }
    Ended resumed = Proxima.run("run", CONFIG, "--out", stopped, "--resume");
    assertThat(resumed.status()).as(resumed.toString()).isZero();
    assertSameModels(stopped);
  }

  @Test
  void refusesADamagedCheckpoint() throws Exception {
    Path damaged = folder.resolve("damaged");
    try (Proxima proxima = Proxima.start("run", CONFIG, "--out", damaged)) {
      proxima.awaitLine(line -> line.contains("1/3 training"));
      proxima.kill();
    }
    for (Path parameters : parameterFiles(damaged.resolve("artifacts"))) {
      byte[] bytes = Files.readAllBytes(parameters);
      bytes[bytes.length - 1] ^= 1;
      Files.write(parameters, bytes, StandardOpenOption.TRUNCATE_EXISTING);
    }
    Ended resumed = Proxima.run("run", CONFIG, "--out", damaged, "--resume");
    assertThat(resumed.status()).isEqualTo(2);
    assertThat(resumed.errors()).singleElement().asString().contains("checksum");
  }

  @Test
  void refusesADamagedJournal() throws Exception {
    Path damaged = folder.resolve("damaged-journal");
    try (Proxima proxima = Proxima.start("run", CONFIG, "--out", damaged)) {
      proxima.awaitLine(line -> line.contains("fine-tuning"));
      proxima.kill();
    }
    Files.writeString(damaged.resolve("journal/journal.mv.db"), "not a database");
    Ended resumed = Proxima.run("run", CONFIG, "--out", damaged, "--resume");
    assertThat(resumed.status()).isEqualTo(2);
    assertThat(resumed.errors())
        .singleElement()
        .asString()
        .contains(damaged.resolve("journal").toString(), "--overwrite");
  }

  @Test
  void refusesToResumeAnotherExperimentOrToOverwriteSilently() throws Exception {
    byte[] before = Files.readAllBytes(reference.resolve("summary.json"));
    Ended other = Proxima.run("run", CONFIG, "--out", reference, "--resume", "--seed", "18");
    assertThat(other.status()).isEqualTo(2);
    assertThat(other.errors()).singleElement().asString().contains("another experiment");
    Ended again = Proxima.run("run", CONFIG, "--out", reference);
    assertThat(again.status()).isEqualTo(2);
    assertThat(again.errors()).singleElement().asString().contains("--resume", "--overwrite");
    assertThat(reference.resolve("summary.json")).hasBinaryContent(before);
  }

  @Test
  void trainsWithSpoAndLogsItsDiagnostics() throws Exception {
    Path out = folder.resolve("spo");
    Ended ended =
        Proxima.run(
            "run",
            CONFIG,
            "--out",
            out,
            "--set",
            "spo.form=dynamic-barrier",
            "--set",
            "spo.regulariser.weight=0.1",
            "--set",
            "spo.diagnostics=true",
            "--set",
            "outer-loop.iterations=1",
            "--set",
            "methods.iterative-dpo=null");
    assertThat(ended.status()).as(ended.toString()).isZero();
    List<JsonNode> steps = new ArrayList<>();
    for (String line : Files.readAllLines(out.resolve("metrics.jsonl"))) {
      JsonNode node = JSON.readTree(line);
      if (node.has("step") && node.get("iteration").asInt() == 1) {
        steps.add(node);
      }
    }
    assertThat(steps)
        .isNotEmpty()
        .allSatisfy(
            step -> {
              assertThat(step.get("spo/lambda").asDouble()).isNotNegative();
              assertThat(step.get("sft_loss").asDouble()).isPositive();
              assertThat(step.get("gradients/chosen_norm").asDouble()).isPositive();
              assertThat(step.get("gradients/rejected_norm").asDouble()).isPositive();
              assertThat(step.get("gradients/cosine").asDouble()).isBetween(-1.0, 1.0);
            });
    assertThat(out.resolve("plots"))
        .isDirectoryContaining("glob:**/displacement.png")
        .isDirectoryContaining("glob:**/gradients.png");
    Ended other = Proxima.run("run", CONFIG, "--out", out, "--resume", "--set", "spo.form=penalty");
    assertThat(other.status()).isEqualTo(2);
    assertThat(other.errors()).singleElement().asString().contains("another experiment");
  }

  @Test
  void trainsOnTheUsersOwnPairs() throws Exception {
    Path pairs = folder.resolve("pairs.jsonl");
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      lines.append(
          """
          {"prompt": "How is number %d?", "chosen": [{"role": "assistant", "content": "Number %d is good."}], "rejected": "no"}
          """
              .formatted(i, i));
    }
    Files.writeString(pairs, lines);
    Path out = folder.resolve("pairs");
    Ended ended =
        Proxima.run(
            "run",
            CONFIG,
            "--out",
            out,
            "--set",
            "data.task=pairs",
            "--set",
            "data.pairs=" + pairs);
    assertThat(ended.status()).as(ended.toString()).isZero();
    JsonNode last =
        JSON.readTree(out.resolve("summary.json").toFile())
            .at("/methods/apo/iterations/3/proximal");
    assertThat(last.get("preference_accuracy").isNumber()).isTrue();
    assertThat(out.resolve("apo/final/model.safetensors")).exists();
    assertThat(Files.readAllLines(out.resolve("samples.jsonl")))
        .anySatisfy(
            line ->
                assertThat(line).contains("\"apo\"", "\"iteration\":3", "\"proximal\"", "How is"));
  }

  @Test
  void namesFileAndLineOfMalformedDataAndLeavesNothing() throws Exception {
    Path pairs = folder.resolve("malformed.jsonl");
    Files.writeString(
        pairs,
        """
        {"prompt": "a", "chosen": "b", "rejected": "c"}
        {"prompt": "a", "chosen": "b"
        """);
    Path out = folder.resolve("never");
    Ended ended =
        Proxima.run(
            "run",
            CONFIG,
            "--out",
            out,
            "--set",
            "data.task=pairs",
            "--set",
            "data.pairs=" + pairs);
    assertThat(ended.status()).isEqualTo(2);
    assertThat(ended.errors()).singleElement().asString().contains(pairs + ":2");
    assertThat(out).doesNotExist();
  }

  private static void assertSameModels(Path run) {
    for (String method : METHODS) {
      Path model = Path.of(method, "final", "model.safetensors");
      assertThat(run.resolve(model)).hasSameBinaryContentAs(reference.resolve(model));
    }
  }

  /** Artefacts that are neither JSON nor JSONL. */
  private static List<Path> parameterFiles(Path artifacts) throws IOException {
    try (Stream<Path> files = Files.walk(artifacts)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !startsWithBrace(file))
          .sorted(Comparator.naturalOrder())
          .toList();
    }
  }

  private static boolean startsWithBrace(Path file) {
    try (var in = Files.newInputStream(file)) {
      return in.read() == '{';
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
