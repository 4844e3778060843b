package dev.proxima.experiments.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.proxima.experiments.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BroadcastBenchmarkTest {

  @TempDir Path folder;

  /** With real nodes, each in a JVM of its own. */
  @Test
  void measuresEveryWayToOneNodeAndToAChain() throws Exception {
    BroadcastResult result =
        BroadcastBenchmark.run(
            new BroadcastBenchmark.Options(4 << 20, 2, 1, Optional.of(folder)),
            Terminal.plain(new PrintStream(new ByteArrayOutputStream())));

    JsonNode ways = new ObjectMapper().readTree(result.json()).get("ways");
    assertThat(ways)
        .extracting(way -> way.get("receivers").asInt() + " " + way.get("route").asText())
        .containsExactly(
            "1 plain-socket", "1 data-plane", "1 tls", "2 plain-socket", "2 data-plane", "2 tls");
    assertThat(ways)
        .allSatisfy(
            way -> {
              assertThat(way.get("bytes_per_second")).hasSize(1);
              assertThat(way.at("/bytes_per_second/0").asDouble()).isPositive();
              assertThat(way.get("silence_seconds").asDouble()).isBetween(0.0, 10.0);
              assertThat(way.get("peak_heap_bytes").asLong()).isBetween(1L, 64L << 20);
            });
    assertThat(folder).isEmptyDirectory();
  }

  /** By hand: the shares are 1/2, 3/4 and 2/3 in the rounds, of which 2/3 is the middle. */
  @Test
  void sharesAreTakenWithinARound() {
    BroadcastResult.Line plain = line(Route.PLAIN_SOCKET, 2.0, 4.0, 3.0);
    BroadcastResult.Line ours = line(Route.DATA_PLANE, 1.0, 3.0, 2.0);
    assertThat(ours.share(plain)).isEqualTo(2.0 / 3.0);
    assertThat(new BroadcastResult(1 << 20, 4 << 20, 1e9, 0.1, List.of(plain, ours)).text())
        .contains("67 %")
        .contains("at 1 / 4 MiB");
  }

  private static BroadcastResult.Line line(Route route, Double... rates) {
    return new BroadcastResult.Line(route, 1, List.of(rates), List.of(1.0, 1.0, 1.0), 1, 1, 0.1);
  }
}
