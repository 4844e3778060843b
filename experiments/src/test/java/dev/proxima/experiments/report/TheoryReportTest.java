package dev.proxima.experiments.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.proxima.algorithms.evaluation.Bootstrap.Interval;
import dev.proxima.algorithms.evaluation.Estimate;
import dev.proxima.algorithms.theory.TheoryResult;
import dev.proxima.algorithms.theory.TheoryResult.Curve;
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
                  new TradeOffPoint(0, 0.3, new Estimate(0.1, 0.02, 64)))));

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
