package dev.proxima.experiments.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.proxima.algorithms.evaluation.Bootstrap.Interval;
import dev.proxima.experiments.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WinRatesTest {

  @TempDir Path folder;

  /**
   * By hand, a: preferences 1, 0, 0.5 (the tie), 0.9: mean 0.6, deviations .4, -.6, -.1, .3,
   * squares sum to .62, so the standard error is sqrt(.62 / 3 / 4). b: 0.2 and 0.4. Odds of 1.5 are
   * 70.44 points, of 3 / 7 -147.19.
   */
  @Test
  void evaluatesEveryModelTheBestFirst() throws IOException {
    WinRates rates =
        WinRates.of(
            file(
                """
                {"model": "b", "instruction_index": 0, "preference": 1.2}
                {"model": "b", "instruction_index": 9, "preference": 1.4}
                {"model": "a", "instruction_index": 0, "preference": 2}
                {"model": "a", "instruction_index": 1, "preference": 1}
                {"model": "a", "instruction_index": 2, "preference": 0}
                {"model": "a", "instruction_index": 3, "preference": 1.9}
                {"model": "a", "instruction_index": 4, "preference": null}
                """));

    assertThat(rates.models()).extracting(WinRates.Model::name).containsExactly("a", "b");
    WinRates.Model a = rates.models().get(0);
    assertThat(a.judgements()).isEqualTo(4);
    assertThat(a.winRate().mean()).isCloseTo(60, within(1e-9));
    assertThat(a.winRate().standardError()).isCloseTo(100 * Math.sqrt(0.62 / 3 / 4), within(1e-9));
    assertThat(a.lengthControlled()).isEmpty();
    assertThat(a.rating().orElseThrow()).isCloseTo(1000 + 70.4365, within(1e-3));
    assertThat(rates.models().get(1).rating().orElseThrow())
        .isCloseTo(1000 - 147.1907, within(1e-3));
    assertThat(rates.comparisons()).hasSize(1);
    assertThat(rates.comparisons().get(0).instructions()).isEqualTo(1);
    assertThat(rates.comparisons().get(0).difference()).isCloseTo(80, within(1e-9));
  }

  @Test
  void givesJsonUnderTheNamesOfTheField() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      lines.append(
          "{\"model\": \"m\", \"instruction_index\": %d, \"preference\": %s, \"baseline_length\": 100, \"model_length\": %d}\n"
              .formatted(i, i % 4 == 0 ? "2" : "1", 90 + i % 21));
    }
    // The penalty draws it from 25 towards 50.
    JsonNode model =
        new ObjectMapper().readTree(WinRates.of(file(lines.toString())).json()).at("/models/m");
    assertThat(model.get("win_rate").asDouble()).isEqualTo(25);
    assertThat(model.get("standard_error").asDouble())
        .isCloseTo(100 * Math.sqrt(0.1875 / 39), within(1e-9));
    assertThat(model.get("length_controlled_win_rate").asDouble()).isBetween(25.0, 35.0);
    assertThat(model.get("length_controlled_is_doubtful").asBoolean()).isFalse();
  }

  /** The others keep theirs: b's odds of 1 to 4 are -240.82 points. */
  @Test
  void aModelThatWonEverythingHasNoRating() throws IOException {
    WinRates rates =
        WinRates.of(
            file(
                """
                {"model": "a", "preference": 2}
                {"model": "b", "preference": 1.2}
                """));
    assertThat(rates.models().get(0).rating()).isEmpty();
    assertThat(rates.models().get(1).rating().orElseThrow())
        .isCloseTo(1000 - 240.824, within(1e-3));
    assertThat(rates.text()).contains("100.00 +/- 0.00");
  }

  @Test
  void ratesNobodyWhereEverybodyLostEverything() throws IOException {
    WinRates rates = WinRates.of(file("{\"model\": \"m\", \"preference\": 1}\n"));
    assertThat(rates.models()).singleElement().matches(model -> model.rating().isEmpty());
  }

  /** The judge gave a no preference on the first of three; on the others the two are equal. */
  @Test
  void pairsByPlaceWhereInstructionsHaveNoNumber() throws IOException {
    WinRates rates =
        WinRates.of(
            file(
                """
                {"model": "a", "preference": null}
                {"model": "a", "preference": 1.9}
                {"model": "a", "preference": 1.1}
                {"model": "b", "preference": 1.5}
                {"model": "b", "preference": 1.9}
                {"model": "b", "preference": 1.1}
                """));
    assertThat(rates.comparisons()).hasSize(1);
    assertThat(rates.comparisons().get(0).instructions()).isEqualTo(2);
    assertThat(rates.comparisons().get(0).difference()).isZero();
    assertThat(rates.comparisons().get(0).interval()).isEqualTo(new Interval(0, 0));
  }

  @Test
  void refusesASecondJudgementOnAnInstruction() throws IOException {
    Path file =
        file(
            """
            {"model": "a", "instruction_index": 3, "preference": 1.2}
            {"model": "b", "instruction_index": 3, "preference": 1.2}
            {"model": "a", "instruction_index": 3, "preference": 1.9}
            """);
    assertThatThrownBy(() -> WinRates.of(file))
        .isInstanceOf(UserError.class)
        .hasMessage(
            file + ":3: a second judgement of model 'a' on instruction 3; leave one of them out");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"preference\": 1}                    | :1: 'model' must be a string",
        "{\"model\": \"m\", \"preference\": 3}  | :1: 'preference' must be from 1 to 2",
        "{\"model\": \"m\", \"preference\": \"x\"} | :1: 'preference' must be a number",
        "{\"model\": \"m\", \"instruction_index\": 0.5} | :1: 'instruction_index' must be a whole number",
        "{\"model\": \"m\"}                     | no line of model 'm' has a preference",
        "{\"model\":                            | :1: malformed JSON"
      })
  void namesFileAndLine(String line, String message) throws IOException {
    Path file = file(line + "\n");
    assertThatThrownBy(() -> WinRates.of(file))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll(List.of(file.toString(), message).toArray(String[]::new));
  }

  private Path file(String lines) throws IOException {
    return Files.writeString(folder.resolve("judgements.jsonl"), lines);
  }
}
