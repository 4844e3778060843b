package dev.proxima.experiments.report;

import dev.proxima.algorithms.evaluation.Estimate;
import java.util.List;
import java.util.Locale;

/**
 * How an evaluation metric is shown. The known ones are listed in the order in which a reader wants
 * them; any other name is shown too, with a label made from it.
 *
 * @param name as in {@code summary.json}
 * @param label in running text and on axes, without the unit
 * @param unit what the numbers count
 * @param better in which direction the metric improves
 * @param plotted whether it has a plot over the iterations to itself
 */
record Metric(String name, String label, Unit unit, Better better, boolean plotted) {

  static final String REWARD = "reward_mean";
  static final String WIN_RATE = "win_rate_vs_sft";
  static final String KL = "kl_to_sft";

  private static final List<Metric> KNOWN =
      List.of(
          new Metric(REWARD, "Expected reward", Unit.NUMBER, Better.HIGHER, true),
          new Metric(WIN_RATE, "Win rate against SFT", Unit.SHARE, Better.HIGHER, true),
          new Metric("preference_accuracy", "Preference accuracy", Unit.SHARE, Better.HIGHER, true),
          new Metric(
              "preference_accuracy_per_token",
              "Preference accuracy per token",
              Unit.SHARE,
              Better.HIGHER,
              false),
          new Metric(
              "implicit_reward_accuracy",
              "Implicit reward accuracy",
              Unit.SHARE,
              Better.HIGHER,
              true),
          new Metric("log_ratio_margin", "Log-ratio margin", Unit.NATS, Better.HIGHER, true),
          new Metric("logp_chosen", "Log-probability of chosen", Unit.NATS, Better.NEITHER, false),
          new Metric(KL, "KL to SFT", Unit.NATS, Better.NEITHER, false),
          new Metric(
              "response_length_mean", "Response length", Unit.TOKENS, Better.NEITHER, false));

  /** In what a metric is counted, and so how many decimals it deserves. */
  enum Unit {
    NUMBER("", 1, 3),
    SHARE("%", 100, 1),
    NATS("nats", 1, 3),
    TOKENS("tokens", 1, 1);

    private final String symbol;
    private final double factor;
    private final int decimals;

    Unit(String symbol, double factor, int decimals) {
      this.symbol = symbol;
      this.factor = factor;
      this.decimals = decimals;
    }
  }

  /** Which of two values is the better one. */
  enum Better {
    HIGHER,
    NEITHER
  }

  /** The metric of this name. */
  static Metric named(String name) {
    return KNOWN.stream()
        .filter(metric -> metric.name.equals(name))
        .findFirst()
        .orElseGet(() -> new Metric(name, humanised(name), Unit.NUMBER, Better.NEITHER, true));
  }

  /** Its place among the known metrics; after all of them where it is not known. */
  int rank() {
    int index = KNOWN.indexOf(this);
    return index < 0 ? KNOWN.size() : index;
  }

  /** The unit's symbol, empty for plain numbers. */
  String symbol() {
    return unit.symbol;
  }

  /** The label with the unit, for an axis or a column. */
  String heading() {
    return unit.symbol.isEmpty() ? label : label + ", " + unit.symbol;
  }

  /** A value in the displayed unit: a share of 0.5 is 50. */
  double shown(double value) {
    return value * unit.factor;
  }

  /** The mean alone, in the displayed unit but without its symbol. */
  String mean(Estimate estimate) {
    return number(estimate.mean());
  }

  /** The standard error alone, likewise. */
  String standardError(Estimate estimate) {
    return number(estimate.standardError());
  }

  /** The name as part of a file name. */
  String fileName() {
    return name.replaceAll("[^A-Za-z0-9_-]", "_");
  }

  private String number(double value) {
    String text = String.format(Locale.ROOT, "%." + unit.decimals + "f", shown(value));
    return text.matches("-0\\.?0*") ? text.substring(1) : text;
  }

  private static String humanised(String name) {
    String words = name.replaceAll("[_/\\s]+", " ").strip();
    return words.isEmpty()
        ? name
        : words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }
}
