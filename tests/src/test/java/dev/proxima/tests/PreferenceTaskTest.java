package dev.proxima.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.tests.Proxima.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code proxima run} with {@code task = preference}, stopped and killed in JVMs of their own. */
class PreferenceTaskTest {

  @TempDir static Path folder;
  private static Path config;
  private static Path reference;

  @BeforeAll
  static void runOnce() throws Exception {
    StringBuilder pairs = new StringBuilder();
    for (int i = 0; i < 48; i++) {
      pairs.append(
          """
          {"prompt": "How is number %d?", "chosen": " It is good.", "rejected": " No."}
          """
              .formatted(i));
    }
    config =
        Files.writeString(
            folder.resolve("preference.conf"),
            """
            name = preference
            task = preference
            data.pairs = "%s"
            tokenizer.vocab-size = 300
            model { hidden-size = 32, intermediate-size = 64, layers = 2, heads = 4, kv-heads = 2 }
            fine-tuning.epochs = 1
            training { epochs = 40, batch-size = 4 }
            training.checkpoint-steps = 20
            """
                .formatted(Files.writeString(folder.resolve("pairs.jsonl"), pairs)));
    reference = folder.resolve("reference");
    Ended ended = Proxima.run("run", config, "--out", reference);
    assertThat(ended.status()).as(ended.toString()).isZero();
  }

  @Test
  void stopsCleanlyOnSigtermAndResumes() throws Exception {
    Path stopped = folder.resolve("stopped");
    try (Proxima proxima = Proxima.start("run", config, "--out", stopped)) {
      proxima.awaitLine(line -> line.contains("training: 480 steps"));
      proxima.terminate();
      Ended ended = proxima.await();
      assertThat(ended.status()).isEqualTo(128 + 15);
      assertThat(ended.output()).last().asString().contains("--resume");
      assertThat(ended.errors()).isEmpty();
    }
    assertThat(stopped.resolve("final")).doesNotExist();
    assertResumes(stopped);
  }

  @Test
  void survivesKill9() throws Exception {
    Path killed = folder.resolve("killed");
    try (Proxima proxima = Proxima.start("run", config, "--out", killed)) {
      proxima.awaitLine(line -> line.contains("training: 480 steps"));
      Path metrics = killed.resolve("metrics.jsonl");
      while (Files.notExists(metrics) || Files.readAllLines(metrics).size() < 30) {
        assertThat(proxima.isRunning()).isTrue();
      }
      proxima.kill();
    }
    assertThat(killed.resolve("final")).doesNotExist();
    assertResumes(killed);
  }

  private static void assertResumes(Path run) throws IOException, InterruptedException {
    Ended resumed = Proxima.run("run", config, "--out", run, "--resume");
    assertThat(resumed.status()).as(resumed.toString()).isZero();
    for (String file : List.of("metrics.jsonl", "final/model.safetensors")) {
      assertThat(run.resolve(file)).hasSameBinaryContentAs(reference.resolve(file));
    }
  }
}
