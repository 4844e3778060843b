package dev.proxima.experiments.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.experiments.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class PackingBenchmarkTest {

  /**
   * What is filled up follows from the lengths, which the seed draws: most where all are as one.
   */
  @Test
  void comparesPackedSequencesWithFilledOnes() {
    BenchmarkResult result =
        PackingBenchmark.run(
            BenchModel.TINY, 1, 0, Terminal.plain(new PrintStream(new ByteArrayOutputStream())));

    assertThat(result.json()).contains("\"packed\" : [ ");
    assertThat(result.text())
        .startsWith("32 sequences of ")
        .containsPattern("(?m)^packed +\\d+ tokens/s, +0 % filling; packed is x 1\\.00$")
        .containsPattern("(?m)^filled up, grouped by length +\\d+ tokens/s, 32 % filling; .*$")
        .containsPattern("(?m)^filled up to the longest +\\d+ tokens/s, 68 % filling; .*$");
  }
}
