package dev.proxima.experiments.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.run.PolicyEvaluation.Policy;
import dev.proxima.algorithms.outer.ExtrapolationSchedule.PerIteration;
import dev.proxima.algorithms.outer.MomentumFrom;
import dev.proxima.algorithms.outer.ReferenceUpdate;
import dev.proxima.algorithms.outer.ReferenceUpdate.Extrapolated;
import dev.proxima.algorithms.outer.Restart;
import dev.proxima.experiments.report.RunResult.Method;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PlotsTest {

  private static final List<Plot> PLOTS = draw(Runs.withRewards());

  @Test
  void drawsWhatTheDataAllow() {
    assertThat(PLOTS)
        .extracting(Plot::file)
        .containsExactly("reward.png", "win_rate.png", "reward_vs_kl.png", "training.png");
    assertThat(draw(Runs.offline()))
        .extracting(Plot::file)
        .containsExactly("preference_accuracy.png", "logps_chosen.png");
  }

  @Test
  void imagesAreSharpAndInTheMethodsColours() throws IOException {
    Plot plot = PLOTS.get(0);

    BufferedImage image = ImageIO.read(new ByteArrayInputStream(plot.png()));
    assertThat(image.getWidth()).isEqualTo(2 * 760);
    assertThat(image.getHeight()).isEqualTo(2 * 460);
    // Okabe and Ito's blue and vermilion.
    assertThat(pixels(image)).contains(0x0072b2, 0xd55e00).contains(0xffffff);
  }

  /**
   * Side by side the entries would run over both edges, where a chart has a margin of 14 pixels.
   */
  @Test
  void aLongLegendStaysWithinItsChart() throws IOException {
    ReferenceUpdate wordy =
        new Extrapolated(
            new PerIteration(List.of(0.01, 0.02, 0.03, 0.04, 0.05)),
            MomentumFrom.PROXIMAL,
            Restart.HELD_OUT);
    Method method = new Method("apo", wordy, List.of(0.01), Policy.PROXIMAL, "apo/final");

    for (Plot plot : draw(Runs.withMethod(method))) {
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(plot.png()));
      assertThat(pixels(image.getSubimage(0, 0, 20, image.getHeight()))).containsOnly(0xffffff);
    }
  }

  @Test
  void panelsStandSideBySide() throws IOException {
    Plot plot = PLOTS.get(3);

    BufferedImage image = ImageIO.read(new ByteArrayInputStream(plot.png()));
    assertThat(plot.width()).isEqualTo(2 * 520);
    assertThat(image.getWidth()).isEqualTo(2 * plot.width());
    assertThat(pixels(image.getSubimage(0, 0, 1040, 840))).contains(0x0072b2);
    assertThat(pixels(image.getSubimage(1040, 0, 1040, 840))).contains(0x0072b2);
  }

  @Test
  void movingMeanIsTheMeanOfTheNeighboursThatThereAre() {
    double[] values = IntStream.range(0, 24).mapToDouble(i -> i * i).toArray();

    double[] means = TrainingChart.movingMean(values);

    // 24 steps reach one neighbour to each side: (0 + 1) / 2, (0 + 1 + 4) / 3, (484 + 529) / 2.
    assertThat(means).hasSize(24).startsWith(0.5, 5.0 / 3).endsWith(506.5);
  }

  private static List<Plot> draw(RunResult result) {
    return Plots.draw(result, new Outcomes(result));
  }

  private static List<Integer> pixels(BufferedImage image) {
    int[] rgb = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    return IntStream.of(rgb).map(pixel -> pixel & 0xffffff).distinct().boxed().toList();
  }
}
