package dev.proxima.experiments.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.proxima.experiments.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CoordinatorBenchmarkTest {

  /**
   * Two iterations of 12 shards: sampled, labelled and scored, 2 x 36; 8 held-out shards likewise
   * under each of theta_0, thetahat_1, theta_1 and thetahat_2, theta_2, 5 x 24; 2 x 8 replicas, 2
   * averages, 2 extrapolations, 5 evaluations and fine-tuning. The scored shards are all the same
   * artefact, which makes all evaluations one work.
   */
  @Test
  void runsAllWorksOfASmallClusterThriceOver() throws IOException {
    CoordinatorResult result =
        CoordinatorBenchmark.run(
            new CoordinatorBenchmark.Options(10, 12, 2, Duration.ofMillis(5)),
            Terminal.plain(new PrintStream(new ByteArrayOutputStream())));
    JsonNode json = new ObjectMapper().readTree(result.json());

    long works = 2 * 36 + 5 * 24 + 2 * 8 + 2 + 2 + 1 + 1;
    assertThat(json.get("nodes").asInt()).isEqualTo(2);
    assertThat(json.at("/at_once/works").asLong()).isEqualTo(works);
    assertThat(json.at("/paced/works").asLong()).isEqualTo(works);
    assertThat(json.at("/recovery/events").asLong()).isEqualTo(works);
    for (String phase : new String[] {"at_once", "paced"}) {
      assertThat(json.at("/" + phase + "/works_per_second").asDouble()).isPositive();
      assertThat(json.at("/" + phase + "/ready_to_order/p50").asDouble()).isPositive();
      assertThat(json.at("/" + phase + "/waiting_share").asDouble()).isBetween(0.0, 1.0);
    }
    assertThat(result.text()).contains("10 simulated workers on 2 nodes, " + works + " works");
  }

  @Test
  void percentilesAreThoseOfTheSortedTimes() {
    Waits waits = Waits.of(LongStream.rangeClosed(1, 200).map(i -> 201 - i).boxed().toList());
    assertThat(waits.count()).isEqualTo(200);
    assertThat(waits.median()).isCloseTo(100e-9, within(1e-15));
    assertThat(waits.p99()).isCloseTo(198e-9, within(1e-15));
    assertThat(Waits.of(List.of()).median()).isNaN();
  }
}
