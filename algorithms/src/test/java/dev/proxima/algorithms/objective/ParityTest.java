package dev.proxima.algorithms.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The batch loss of five pairs and its gradient with respect to the log-probability of every token,
 * against TRL's own code in float64, and against torch where TRL lacks an objective; see
 * make_fixtures.py beside parity.tsv.
 */
class ParityTest {

  private static final List<String[]> LINES = lines();
  private static final PairLogps BATCH = batch();

  private record Case(
      String objective,
      Map<String, String> options,
      double loss,
      double[][] chosen,
      double[][] rejected) {

    @Override
    public String toString() {
      return objective + " " + options;
    }
  }

  static Stream<Case> cases() {
    return LINES.stream()
        .filter(line -> line[0].equals("case"))
        .map(
            line ->
                new Case(
                    line[1],
                    options(line[2]),
                    Double.parseDouble(line[3]),
                    rows(line[4]),
                    rows(line[5])));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithTorchInDoublePrecision(Case expected) {
    PreferenceObjective objective = Objectives.create(expected.objective(), expected.options());

    LossAndGradient result = objective.apply(BATCH);

    double loss = Arrays.stream(result.losses()).average().orElseThrow();
    assertThat(loss).isCloseTo(expected.loss(), within(1e-9));
    for (int i = 0; i < BATCH.size(); i++) {
      assertGradient(
          expected.chosen()[i],
          result.gradChosen()[i],
          result.tokens().map(TokenGradient::chosen),
          i);
      assertGradient(
          expected.rejected()[i],
          result.gradRejected()[i],
          result.tokens().map(TokenGradient::rejected),
          i);
    }
  }

  private static void assertGradient(
      double[] expected, double sequence, Optional<double[][]> tokens, int i) {
    double[] gradient =
        IntStream.range(0, expected.length)
            .mapToDouble(
                t -> (sequence + tokens.map(rows -> rows[i][t]).orElse(0.0)) / BATCH.size())
            .toArray();
    assertThat(gradient).as("pair %d", i).containsExactly(expected, within(1e-9));
  }

  private static PairLogps batch() {
    double[][] policyChosen = rows(line("policy")[1]);
    double[][] policyRejected = rows(line("policy")[2]);
    double[][] referenceChosen = rows(line("reference")[1]);
    double[][] referenceRejected = rows(line("reference")[2]);
    double[][] rewards = rows(line("rewards")[1]);
    double[][] winRates = rows(line("rewards")[2]);
    return new PairLogps(
        sums(policyChosen),
        sums(policyRejected),
        sums(referenceChosen),
        sums(referenceRejected),
        lengths(policyChosen),
        lengths(policyRejected),
        Optional.of(
            new TokenLogps(policyChosen, policyRejected, referenceChosen, referenceRejected)),
        Optional.of(new Collisions(collisions(policyChosen), collisions(policyRejected))),
        IntStream.range(0, policyChosen.length)
            .mapToObj(
                i -> new PairRewards(rewards[0][i], rewards[1][i], winRates[0][i], winRates[1][i]))
            .toList());
  }

  /** The vocabulary has two tokens, so that sum_v pi(v)^2 = p^2 + (1 - p)^2. */
  private static double[] collisions(double[][] logps) {
    return Arrays.stream(logps)
        .mapToDouble(
            row ->
                Arrays.stream(row)
                    .map(Math::exp)
                    .map(p -> Math.log(p * p + (1 - p) * (1 - p)))
                    .sum())
        .toArray();
  }

  private static double[] sums(double[][] rows) {
    return Arrays.stream(rows).mapToDouble(row -> Arrays.stream(row).sum()).toArray();
  }

  private static int[] lengths(double[][] rows) {
    return Arrays.stream(rows).mapToInt(row -> row.length).toArray();
  }

  private static Map<String, String> options(String text) {
    Map<String, String> options = new TreeMap<>();
    for (String option : text.split(",")) {
      options.put(option.split("=")[0], option.split("=")[1]);
    }
    return options;
  }

  private static double[][] rows(String text) {
    return Arrays.stream(text.split(";"))
        .map(row -> Arrays.stream(row.split(",")).mapToDouble(Double::parseDouble).toArray())
        .toArray(double[][]::new);
  }

  private static String[] line(String kind) {
    return LINES.stream().filter(line -> line[0].equals(kind)).findFirst().orElseThrow();
  }

  private static List<String[]> lines() {
    try (InputStream stream = ParityTest.class.getResourceAsStream("parity.tsv")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.split("\t"))
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
