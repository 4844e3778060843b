package dev.proxima.experiments.report;

import static dev.proxima.actors.run.PolicyEvaluation.Policy.EXTRAPOLATED;
import static dev.proxima.actors.run.PolicyEvaluation.Policy.PROXIMAL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.run.SampleLine;
import dev.proxima.algorithms.outer.ReferenceUpdate.MovingAverage;
import dev.proxima.experiments.report.RunResult.Method;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

  @TempDir Path folder;

  @Test
  void writesTheFilesAndLeavesNothingHalfWritten() throws IOException {
    Report.write(Runs.withRewards(), folder.resolve("run"));

    try (Stream<Path> files = Files.walk(folder.resolve("run"))) {
      assertThat(files.filter(Files::isRegularFile).map(folder.resolve("run")::relativize))
          .extracting(Path::toString)
          .containsExactlyInAnyOrder(
              "report.html",
              "summary.json",
              "plots/reward.png",
              "plots/win_rate.png",
              "plots/reward_vs_kl.png",
              "plots/training.png");
    }
    assertThat(folder.resolve("run/summary.json")).hasContent(Summary.json(Runs.withRewards()));
  }

  @Test
  void thePageHoldsItsImagesAndLoadsNothing() throws IOException {
    Report.write(Runs.withRewards(), folder);

    String page = Files.readString(folder.resolve("report.html"));
    Matcher image = Pattern.compile("<img src=\"data:image/png;base64,([^\"]+)\"").matcher(page);
    assertThat(image.find()).isTrue();
    assertThat(Base64.getDecoder().decode(image.group(1)))
        .isEqualTo(Files.readAllBytes(folder.resolve("plots/reward.png")));
    assertThat(page).doesNotContain("<script", "<link", "src=\"http", "url(", "@import");
  }

  @Test
  void thePageShowsTheOutcome() {
    String page = page(Runs.withRewards());

    assertThat(page)
        .contains("1.000 <small>± 0.063</small>", "from 0.250 ± 0.063 after SFT")
        .contains("<td class=\"best\">80.0 <span class=\"error\">± 2.0</span></td>")
        .contains("<td>75.0 <span class=\"error\">± 2.0</span></td>")
        .contains("Before.", "After.", "Otherwise.", "reward -0.50")
        .contains("2 min 5 s");
  }

  @Test
  void thePageSaysWhatEachMethodDidAndWhichModelIsTheResult() {
    Method average =
        new Method("apo", new MovingAverage(0.25, 1), List.of(-0.75), EXTRAPOLATED, "apo/final");

    assertThat(page(Runs.withRewards()))
        .contains("<h2>apo <span>alpha &#x3D; 0.3</span></h2>")
        .contains("Iteration 1 <span class=\"quiet\">the result</span>")
        .contains("<span class=\"quiet\">extrapolated, α &#x3D; 0.3</span>")
        .doesNotContain("moving average");
    assertThat(page(Runs.withMethod(average)))
        .contains("<h2>apo <span>ema 0.25</span></h2>", "an exponential moving average")
        .contains("1.250 <small>± 0.063</small>")
        .contains("<span class=\"quiet\">extrapolated, α &#x3D; -0.75; the result</span>");
  }

  @Test
  void textsOfModelsAndUsersAreEscapedEverywhere() {
    String page = page(Runs.withText("<b onclick='x'>&amp;\"{{name}}\"</b>"));

    assertThat(page)
        .doesNotContain("<b onclick")
        .doesNotContain("</b>")
        .contains("&lt;b onclick&#x3D;&#39;x&#39;&gt;&amp;amp;&quot;{{name}}&quot;&lt;/b&gt;");
  }

  @Test
  void saysSoWhereThereAreNoPlots() {
    assertThat(page(Runs.offline()))
        .contains("no plots")
        .doesNotContain("<img", "Before and after");
  }

  @Test
  void comparesTheFirstPromptsWithoutChoosing() {
    List<SampleLine> samples =
        IntStream.range(0, 20)
            .boxed()
            .flatMap(
                i ->
                    Stream.of(
                        new SampleLine("apo", 0, PROXIMAL, "prompt " + i, "sft", 0.0),
                        new SampleLine("apo", 1, PROXIMAL, "prompt " + i, "middle", 0.5),
                        new SampleLine("apo", 2, PROXIMAL, "prompt " + i, "last", (double) -i)))
            .toList();

    List<SampleComparison> first = SampleComparison.first(Runs.withSamples(samples), 3);

    assertThat(first)
        .extracting(SampleComparison::prompt)
        .containsExactly("prompt 0", "prompt 1", "prompt 2");
    assertThat(first.get(2).responses())
        .containsExactly(
            new SampleComparison.Response("SFT", "sft", 0.0),
            new SampleComparison.Response("apo, iteration 2", "last", -2.0));
  }

  @Test
  void comparesWithTheResponsesOfTheResult() {
    Method expo =
        new Method("apo", Runs.APO.reference(), Runs.APO.alphas(), EXTRAPOLATED, "apo/final");
    RunResult run = Runs.withMethod(expo);
    List<SampleLine> samples =
        List.of(
            new SampleLine("apo", 0, PROXIMAL, "p", "sft", null),
            new SampleLine("apo", 1, PROXIMAL, "p", "proximal", null),
            new SampleLine("apo", 1, EXTRAPOLATED, "p", "extrapolated", null));
    RunResult sampled =
        new RunResult(
            "n", "t", 1, run.methods(), run.evaluations(), List.of(), samples, List.of(), "");

    assertThat(SampleComparison.first(sampled, 1).get(0).responses())
        .extracting(SampleComparison.Response::text)
        .containsExactly("sft", "extrapolated");
  }

  private static String page(RunResult result) {
    return new ReportPage(result, new Outcomes(result), List.of()).html();
  }
}
