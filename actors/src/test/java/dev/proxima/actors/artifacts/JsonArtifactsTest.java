package dev.proxima.actors.artifacts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.proxima.actors.artifacts.PromptResponses.Preference;
import dev.proxima.actors.artifacts.PromptResponses.Response;
import dev.proxima.actors.fixtures.Runs;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.algorithms.outer.ExtrapolationSchedule.Accelerated;
import dev.proxima.algorithms.outer.ExtrapolationSchedule.PerIteration;
import dev.proxima.algorithms.outer.InnerStart;
import dev.proxima.algorithms.outer.MomentumFrom;
import dev.proxima.algorithms.outer.OuterLoop;
import dev.proxima.algorithms.outer.ReferenceUpdate.Extrapolated;
import dev.proxima.algorithms.outer.ReferenceUpdate.MovingAverage;
import dev.proxima.algorithms.outer.Restart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonArtifactsTest {

  @TempDir Path folder;
  private ArtifactStore store;

  @BeforeEach
  void openStore() {
    store = new FolderStore(folder);
  }

  @Test
  void promptResponsesRoundTripWithAndWithoutEachPart() {
    List<PromptResponses> lines =
        List.of(
            PromptResponses.ofPrompt(
                1, "a \"quoted\"\nprompt, \u00e4\ud83d\ude00", new int[] {5, 6}),
            new PromptResponses(
                2,
                "",
                new int[] {1},
                List.of(
                    new Response("x", new int[] {7, 0}, -1.5, 2.5, -1.25),
                    new Response("", new int[] {0}, null, null, null)),
                new Preference(1, 0)));
    ArtifactId id = JsonArtifacts.writeLines(store, lines);
    // Records compare arrays by identity; compare what they hold.
    assertThat(JsonArtifacts.readLines(store, id, PromptResponses.class))
        .usingRecursiveComparison()
        .isEqualTo(lines);
  }

  @Test
  void writesOneLineOfJsonPerElement() throws IOException {
    ArtifactId id = JsonArtifacts.writeLines(store, List.of(Runs.prompt(1), Runs.prompt(2)));
    assertThat(Files.readString(store.read(id)))
        .isEqualTo(
            """
            {"id":1,"prompt":"a","promptTokens":[1],"responses":[]}
            {"id":2,"prompt":"a","promptTokens":[1],"responses":[]}""");
  }

  @Test
  void noLinesRoundTrip() {
    ArtifactId id = JsonArtifacts.writeLines(store, List.of());
    assertThat(JsonArtifacts.readLines(store, id, PromptResponses.class)).isEmpty();
  }

  @Test
  void severalArtefactsAreReadInOrder() {
    ArtifactId first = JsonArtifacts.writeLines(store, List.of("a", "b"));
    ArtifactId second = JsonArtifacts.writeLines(store, List.of("c"));
    assertThat(JsonArtifacts.readLines(store, List.of(second, first), String.class))
        .containsExactly("c", "a", "b");
  }

  @Test
  void doublesRoundTripExactly() {
    List<Double> values =
        List.of(
            0.1 + 0.2,
            -0.0,
            Math.PI,
            Double.MIN_VALUE,
            Double.MAX_VALUE,
            -1.0 / 3,
            Double.NaN,
            Double.POSITIVE_INFINITY);
    ArtifactId id = JsonArtifacts.writeLines(store, values);
    assertThat(JsonArtifacts.readLines(store, id, Double.class)).isEqualTo(values);
  }

  @Test
  void equalSpecificationsGiveEqualBytes() {
    assertThat(JsonArtifacts.write(store, Runs.sampled(store)))
        .isEqualTo(JsonArtifacts.write(store, Runs.sampled(store)));
  }

  @Test
  void specificationRoundTrips() {
    RunSpec spec = Runs.given(store);
    ArtifactId id = JsonArtifacts.write(store, spec);
    assertThat(JsonArtifacts.read(store, id, new TypeReference<RunSpec>() {})).isEqualTo(spec);
  }

  @Test
  void everyKindOfOuterLoopRoundTrips() {
    List<OuterLoop> loops =
        Stream.of(
                new Extrapolated(
                    new PerIteration(List.of(0.0, 0.1)), MomentumFrom.EXTRAPOLATED, Restart.NONE),
                new Extrapolated(Accelerated.FISTA, MomentumFrom.PROXIMAL, Restart.HELD_OUT),
                new Extrapolated(Accelerated.NESTEROV, MomentumFrom.PROXIMAL, Restart.HELD_OUT),
                new MovingAverage(0.25, 2))
            .map(update -> new OuterLoop(3, update, InnerStart.PROXIMAL))
            .toList();
    ArtifactId id = JsonArtifacts.writeLines(store, loops);
    assertThat(JsonArtifacts.readLines(store, id, OuterLoop.class)).isEqualTo(loops);
  }

  @Test
  void equalMapsGiveEqualBytesWhateverTheirOrder() {
    Map<String, Double> one = new LinkedHashMap<>();
    one.put("tau", 1.0);
    one.put("beta", 2.0);
    Map<String, Double> other = new LinkedHashMap<>();
    other.put("beta", 2.0);
    other.put("tau", 1.0);
    assertThat(JsonArtifacts.write(store, one)).isEqualTo(JsonArtifacts.write(store, other));
  }
}
