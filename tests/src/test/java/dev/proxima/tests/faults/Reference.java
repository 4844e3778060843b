package dev.proxima.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.tests.Proxima;
import dev.proxima.tests.Proxima.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** An experiment and its result without a cluster and without faults. */
final class Reference {

  /** The experiment of most of these tests. */
  static final Path CONFIG = Path.of("src/test/resources/tiny.conf");

  private final Path config;
  private final Path folder;

  private Reference(Path config, Path folder) {
    this.config = config;
    this.folder = folder;
  }

  /** Runs the experiment {@link #CONFIG} by {@code proxima run}. */
  static Reference in(Path folder) throws IOException, InterruptedException {
    return of(CONFIG, folder);
  }

  /** Runs an experiment by {@code proxima run}. */
  static Reference of(Path config, Path folder) throws IOException, InterruptedException {
    Ended ended = Proxima.run("run", config, "--out", folder);
    assertThat(ended.status()).as(ended.toString()).isZero();
    return new Reference(config, folder);
  }

  Path config() {
    return config;
  }

  /** Whether a run has ended with the same bytes. */
  boolean sameWeights(Path run) throws IOException {
    List<Path> models = models();
    assertThat(models).isNotEmpty();
    for (Path model : models) {
      Path own = run.resolve(folder.relativize(model));
      if (!Files.exists(own) || Files.mismatch(own, model) >= 0) {
        return false;
      }
    }
    return true;
  }

  /** The final weights of each method. */
  private List<Path> models() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.endsWith("final/model.safetensors")).toList();
    }
  }
}
