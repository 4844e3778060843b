package dev.proxima.experiments.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.run.PolicyEvaluation.Policy;
import dev.proxima.experiments.report.RunResult.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OutcomeTableTest {

  @Test
  void alignsTheOutcomeAndSaysWhereToLook() {
    assertThat(OutcomeTable.text(Runs.withRewards(), Path.of("runs/quickstart")))
        .isEqualTo(
            """
                                        Expected reward   Win rate against SFT, %   KL to SFT, nats   Response length, tokens
            SFT                         0.250 +/- 0.063              50.0 +/- 2.0   0.000 +/- 0.125              24.0 +/- 0.5
            apo (alpha = 0.3)
              1 *                       1.000 +/- 0.063              75.0 +/- 2.0   1.500 +/- 0.125              21.5 +/- 0.5
              1 extrapolated            1.250 +/- 0.063              80.0 +/- 2.0   2.500 +/- 0.125              20.0 +/- 0.5
            iterative-dpo (alpha = 0)
              1 *                       0.938 +/- 0.063              70.0 +/- 2.0   1.500 +/- 0.125              22.0 +/- 0.5

            Mean +/- one standard error over 64 held-out prompts; * marks each method's final model.

            Report   runs/quickstart/report.html
            Numbers  runs/quickstart/summary.json
            Models   runs/quickstart/apo/final
                     runs/quickstart/iterative-dpo/final
            """);
  }

  /**
   * ExPO: the extrapolated policy is the result; without any extrapolation it is the proximal one.
   */
  @Test
  void marksTheResult() {
    Method expo =
        new Method(
            "apo", Runs.APO.reference(), Runs.APO.alphas(), Policy.EXTRAPOLATED, "apo/final");
    Method plain =
        new Method(
            "apo", Runs.DPO.reference(), Runs.DPO.alphas(), Policy.EXTRAPOLATED, "apo/final");

    assertThat(OutcomeTable.text(Runs.withMethod(expo), Path.of("r")))
        .containsPattern("\n  1  +1.000")
        .containsPattern("\n  1 extrapolated \\*  +1.250");
    assertThat(OutcomeTable.text(Runs.withMethod(plain), Path.of("r")))
        .containsPattern("\n  1 \\*  +1.000")
        .doesNotContain("extrapolated");
  }

  @Test
  void showsMetricsThatNobodyKnowsAfterTheKnownOnes() {
    String text = OutcomeTable.text(Runs.offline(), Path.of("runs/offline"));

    assertThat(text.lines().findFirst().orElseThrow().strip())
        .isEqualTo("Preference accuracy, %         Logps chosen");
    assertThat(text).contains("62.5 +/- 2.5   -102.500 +/- 1.500");
  }

  @Test
  void isAsciiForTerminalsThatKnowNothingElse() {
    String text = OutcomeTable.text(Runs.withRewards(), Path.of("runs/quickstart"));

    assertThat(StandardCharsets.US_ASCII.newEncoder().canEncode(text)).isTrue();
  }
}
