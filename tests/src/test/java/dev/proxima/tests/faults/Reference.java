package dev.proxima.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.tests.Proxima;
import dev.proxima.tests.Proxima.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The experiment of these tests and its result without a cluster and without faults. */
final class Reference {

  static final Path CONFIG = Path.of("src/test/resources/tiny.conf");

  private static final List<Path> MODELS =
      List.of(
          Path.of("apo", "final", "model.safetensors"),
          Path.of("iterative-dpo", "final", "model.safetensors"));

  private final Path folder;

  private Reference(Path folder) {
    this.folder = folder;
  }

  /** Runs the experiment by {@code proxima run}. */
  static Reference in(Path folder) throws IOException, InterruptedException {
    Ended ended = Proxima.run("run", CONFIG, "--out", folder);
    assertThat(ended.status()).as(ended.toString()).isZero();
    return new Reference(folder);
  }

  /** Whether a run has ended with the same bytes. */
  boolean sameWeights(Path run) throws IOException {
    for (Path model : MODELS) {
      if (!Files.exists(run.resolve(model))
          || !Arrays.equals(
              Files.readAllBytes(run.resolve(model)), Files.readAllBytes(folder.resolve(model)))) {
        return false;
      }
    }
    return true;
  }
}
