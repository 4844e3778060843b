package dev.proxima.experiments.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.proxima.algorithms.evaluation.Bootstrap.Interval;
import dev.proxima.algorithms.evaluation.Estimate;
import dev.proxima.algorithms.theory.TheoryResult;
import dev.proxima.algorithms.theory.TheoryResult.Curve;
import dev.proxima.algorithms.theory.TheoryResult.Displacement;
import dev.proxima.algorithms.theory.TheoryResult.PairState;
import dev.proxima.algorithms.theory.TheoryResult.Ratio;
import dev.proxima.algorithms.theory.TheoryResult.Theorem;
import dev.proxima.algorithms.theory.TheoryResult.TradeOffPoint;
import dev.proxima.experiments.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TheoryReportTest {

  private static final Theorem THEOREM =
      new Theorem(
          List.of(new Ratio(0.3, 0.71, new Interval(0.69, 0.72), 0.7)),
          List.of(new Curve(0.3, new double[] {0, 1, 2}, new double[] {1, 0.5, 0.25})));
  private static final TheoryReport REPORT =
      new TheoryReport(
          new TheoryResult(
              3e-15,
              THEOREM,
              THEOREM,
              THEOREM,
              List.of(
                  new TradeOffPoint(30, 0.3, new Estimate(0.2, 0.01, 64)),
                  new TradeOffPoint(0, 0.3, new Estimate(0.1, 0.02, 64))),
              List.of(
                  new Displacement(
                      "dpo",
                      new int[] {0, 9},
                      List.of(state(-1.5, -1.25, 0.5, 0.8), state(-5, -6.5, 0.875, 0.9))))));

  @TempDir Path folder;

  @Test
  void writesNumbersTablesAndPlots() throws IOException {
    Path out = folder.resolve("theory");
    REPORT.write(out);

    JsonNode summary = new ObjectMapper().readTree(out.resolve("summary.json").toFile());
    assertThat(summary.at("/theorem_4_1/max_abs_error").asDouble()).isEqualTo(3e-15);
    for (String theorem : List.of("theorem_4_4", "theorem_4_8", "theorem_b_2")) {
      JsonNode ratio = summary.get(theorem).get(0);
      assertThat(ratio.get("alpha").asDouble()).isEqualTo(0.3);
      assertThat(ratio.get("measured").asDouble()).isEqualTo(0.71);
      assertThat(ratio.get("predicted").asDouble()).isEqualTo(0.7);
      assertThat(ratio.at("/interval/1").asDouble()).isEqualTo(0.72);
      assertThat(Files.readAllLines(out.resolve(theorem + ".csv")))
          .containsExactly("alpha,iteration,value", "0.3,0,1.0", "0.3,1,0.5", "0.3,2,0.25");
      assertThat(out.resolve(theorem + ".png")).isNotEmptyFile();
    }
    assertThat(Files.readAllLines(out.resolve("trade_off.csv")))
        .containsExactly("pairs,alpha,gap,standard_error", "30,0.3,0.2,0.01", "exact,0.3,0.1,0.02");
  }

  @Test
  void writesWhatBecomesOfThePairs() throws IOException {
    Path out = folder.resolve("theory");
    REPORT.write(out);

    JsonNode dpo =
        new ObjectMapper().readTree(out.resolve("summary.json").toFile()).at("/displacement/0");
    assertThat(dpo.get("method").asText()).isEqualTo("dpo");
    assertThat(dpo.at("/reference/logp_chosen").asDouble()).isEqualTo(-1.5);
    assertThat(dpo.at("/final/logp_chosen").asDouble()).isEqualTo(-5);
    assertThat(dpo.at("/final/logp_rejected").asDouble()).isEqualTo(-6.5);
    assertThat(dpo.at("/final/mass_outside").asDouble()).isEqualTo(0.875);
    assertThat(dpo.at("/final/mass_outside_standard_error").asDouble()).isEqualTo(0.01);
    assertThat(dpo.at("/final/cosine").asDouble()).isEqualTo(0.9);
    assertThat(Files.readAllLines(out.resolve("displacement.csv")))
        .containsExactly(
            "method,step,logp_chosen,logp_rejected,mass_outside,cosine",
            "dpo,0,-1.5,-1.25,0.5,0.8",
            "dpo,9,-5.0,-6.5,0.875,0.9");
    assertThat(out.resolve("displacement.png")).isNotEmptyFile();
    assertThat(REPORT.text()).containsPattern("\\(the reference\\) +-1.500 +-1.250 +0.500 +0.800");
    assertThat(REPORT.text()).containsPattern("dpo +-5.000 +-6.500 +0.875 +0.900");
  }

  private static PairState state(double chosen, double rejected, double outside, double cosine) {
    return new PairState(
        new Estimate(chosen, 0.01, 16),
        new Estimate(rejected, 0.01, 16),
        new Estimate(outside, 0.01, 16),
        new Estimate(cosine, 0.01, 16));
  }

  @Test
  void showsMeasuredBesidePredicted() {
    assertThat(REPORT.text())
        .contains("greatest error of a probability 3.0e-15")
        .contains("0.30     0.7000     0.7100     0.6900 ..   0.7200")
        .contains("exact     0.1000 +/- 0.0200");
  }

  @Test
  void overwritesNothing() throws IOException {
    Files.writeString(folder.resolve("mine.txt"), "mine");
    assertThatThrownBy(() -> REPORT.write(folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("not empty; choose another --out");
    assertThat(folder.resolve("mine.txt")).hasContent("mine");
  }
}
