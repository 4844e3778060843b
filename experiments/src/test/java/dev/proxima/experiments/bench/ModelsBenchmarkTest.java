package dev.proxima.experiments.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.proxima.experiments.UserError;
import dev.proxima.experiments.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelsBenchmarkTest {

  @TempDir Path folder;

  @Test
  void measuresEveryWorkloadInEveryRound() throws IOException {
    JsonNode result = new ObjectMapper().readTree(run(Optional.empty()).json());

    assertThat(result.get("workloads"))
        .extracting(each -> each.get("workload").asText())
        .containsExactly("train 2 x 8", "generate, batch 1", "generate, batch 3");
    assertThat(result.get("workloads"))
        .allSatisfy(
            each ->
                assertThat(each.at("/tokens_per_second/proxima"))
                    .hasSize(2)
                    .allSatisfy(rate -> assertThat(rate.asDouble()).isPositive()));
  }

  /** An interpreter that answers as the real one does. */
  @Test
  void comparesWithAPeerThatAnswersLineByLine() throws IOException {
    Path peer =
        script(
            """
            echo '{"name": "peer 1"}'
            while read -r request; do echo '{"tokens": 10, "seconds": 2, "peak_memory": 1048576}'; done
            """);

    ModelsResult result = run(Optional.of(peer));

    assertThat(result.lines())
        .allSatisfy(line -> assertThat(line.rates().get("peer 1")).containsExactly(5.0, 5.0));
    assertThat(result.lines())
        .allSatisfy(line -> assertThat(line.peakMemory().get("peer 1")).isEqualTo(1L << 20));
    assertThat(result.text()).containsPattern("peer 1 +5 .* 1 +x ");
  }

  @Test
  void saysInOneLineWhyAPeerDoesNotStart() throws IOException {
    Path peer = script("echo 'ModuleNotFoundError: no torch' >&2; exit 1");

    assertThatThrownBy(() -> run(Optional.of(peer)))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll("--python", "ModuleNotFoundError: no torch");
    assertThatThrownBy(() -> run(Optional.of(folder.resolve("missing"))))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("missing");
  }

  private Path script(String body) throws IOException {
    Path file = folder.resolve("peer");
    Files.writeString(file, "#!/bin/sh\n" + body);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private static ModelsResult run(Optional<Path> python) {
    return ModelsBenchmark.run(
        new ModelsBenchmark.Options(
            Optional.empty(), BenchModel.TINY, python, 2, 2, 8, List.of(1, 3), 2, 4, 0),
        Terminal.plain(new PrintStream(new ByteArrayOutputStream())));
  }
}
