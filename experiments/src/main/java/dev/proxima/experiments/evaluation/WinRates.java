package dev.proxima.experiments.evaluation;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.algorithms.evaluation.Bootstrap;
import dev.proxima.algorithms.evaluation.Bootstrap.Interval;
import dev.proxima.algorithms.evaluation.BradleyTerryRatings;
import dev.proxima.algorithms.evaluation.Estimate;
import dev.proxima.algorithms.evaluation.Judgement;
import dev.proxima.algorithms.evaluation.LengthControlledWinRate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How models did against one baseline, the best first. All rates are in per cent.
 *
 * @param models one for each model
 * @param comparisons each model with the next one
 */
public record WinRates(List<Model> models, List<Comparison> comparisons) {

  private static final double LEVEL = 0.95;
  private static final long SEED = 17;
  private static final double BASELINE_RATING = 1000;

  /**
   * One model.
   *
   * @param judgements how many there are
   * @param winRate with its standard error
   * @param interval 95 % bootstrap interval of the win rate
   * @param lengthControlled the length-controlled win rate; empty where lengths are missing
   * @param rating Bradley-Terry rating on Elo's scale with the baseline at 1000; empty where the
   *     model won or lost everything
   */
  public record Model(
      String name,
      int judgements,
      Estimate winRate,
      Interval interval,
      Optional<Double> lengthControlled,
      Optional<Double> rating) {

    /**
     * Whether the length-controlled win rate is so far from the plain one that it must be doubted,
     * by AlpacaEval's rule: by more than 10 and by more than a quarter of the way to the end of the
     * scale. It happens where few of the model's responses are as long as the baseline's.
     */
    boolean doubtful() {
      double plain = winRate.mean();
      double least = Math.min(plain - plain / 4, plain - 10);
      double most = Math.max(plain + (100 - plain) / 4, plain + 10);
      return lengthControlled.filter(rate -> rate < least || rate > most).isPresent();
    }
  }

  /**
   * Two models on the instructions that both answered.
   *
   * @param difference of the win rates on those
   * @param interval 95 % paired bootstrap interval of the difference
   */
  public record Comparison(
      String better, String worse, int instructions, double difference, Interval interval) {}

  /**
   * Evaluates a file of judgements.
   *
   * @throws dev.proxima.experiments.UserError one line that names file and line
   */
  public static WinRates of(Path file) {
    Map<String, List<Judgement>> annotations = Annotations.read(file);
    Map<String, Double> ratings = ratings(annotations);
    List<Model> models = new ArrayList<>();
    annotations.forEach(
        (name, judgements) ->
            models.add(model(name, judgements, Optional.ofNullable(ratings.get(name)))));
    models.sort(Comparator.comparingDouble((Model m) -> m.winRate().mean()).reversed());
    List<Comparison> comparisons = new ArrayList<>();
    for (int i = 1; i < models.size(); i++) {
      String better = models.get(i - 1).name();
      String worse = models.get(i).name();
      compare(better, annotations.get(better), worse, annotations.get(worse))
          .ifPresent(comparisons::add);
    }
    return new WinRates(models, comparisons);
  }

  /** A table for people. */
  public String text() {
    int width = models.stream().mapToInt(model -> model.name().length()).max().orElse(0);
    String format = "%-" + Math.max(width, 5) + "s  %6s  %15s  %15s  %17s  %6s";
    StringBuilder text = new StringBuilder();
    text.append(
        line(format, "model", "n", "win rate", "95 % interval", "length-controlled", "rating"));
    for (Model model : models) {
      text.append(
          line(
              format,
              model.name(),
              model.judgements(),
              number("%.2f +/- %.2f", model.winRate().mean(), model.winRate().standardError()),
              number("%.2f .. %.2f", model.interval().low(), model.interval().high()),
              model
                  .lengthControlled()
                  .map(rate -> number("%.2f", rate) + (model.doubtful() ? " ?" : ""))
                  .orElse("-"),
              model.rating().map(rating -> number("%.0f", rating)).orElse("-")));
    }
    text.append("\nWin rates in per cent against the baseline, +/- one standard error.\n");
    if (models.stream().anyMatch(Model::doubtful)) {
      text.append("? doubtful: too few responses are as long as the baseline's.\n");
    }
    for (Comparison each : comparisons) {
      text.append(
          number(
              "%s over %s: %.2f (%.2f .. %.2f) on %d common instructions.\n",
              each.better(),
              each.worse(),
              each.difference(),
              each.interval().low(),
              each.interval().high(),
              each.instructions()));
    }
    return text.toString();
  }

  /** The same as JSON, at full precision. */
  public String json() {
    ObjectNode root = new ObjectMapper().createObjectNode();
    ObjectNode byName = root.putObject("models");
    for (Model model : models) {
      ObjectNode node = byName.putObject(model.name());
      node.put("judgements", model.judgements());
      node.put("win_rate", model.winRate().mean());
      node.put("standard_error", model.winRate().standardError());
      interval(node.putArray("win_rate_interval"), model.interval());
      node.put("length_controlled_win_rate", model.lengthControlled().orElse(null));
      node.put("length_controlled_is_doubtful", model.doubtful());
      node.put("rating", model.rating().orElse(null));
    }
    ArrayNode pairs = root.putArray("comparisons");
    for (Comparison each : comparisons) {
      ObjectNode node = pairs.addObject();
      node.put("better", each.better()).put("worse", each.worse());
      node.put("instructions", each.instructions()).put("difference", each.difference());
      interval(node.putArray("difference_interval"), each.interval());
    }
    return root.toPrettyString();
  }

  private static Model model(String name, List<Judgement> judgements, Optional<Double> rating) {
    double[] wins = judgements.stream().mapToDouble(j -> 100 * j.preference()).toArray();
    boolean lengths =
        judgements.size() >= LengthControlledWinRate.LEAST_JUDGEMENTS
            && judgements.stream().noneMatch(j -> Double.isNaN(j.lengthDifference()));
    return new Model(
        name,
        judgements.size(),
        Estimate.of(wins),
        Bootstrap.mean(wins, LEVEL, SEED),
        lengths
            ? Optional.of(100 * LengthControlledWinRate.of(judgements).winRate())
            : Optional.empty(),
        rating);
  }

  /** Of the models that neither won nor lost everything. Player 0 is the baseline. */
  private static Map<String, Double> ratings(Map<String, List<Judgement>> annotations) {
    Map<String, Double> won = new LinkedHashMap<>();
    annotations.forEach(
        (name, judgements) -> {
          double sum = judgements.stream().mapToDouble(Judgement::preference).sum();
          if (sum > 0 && sum < judgements.size()) {
            won.put(name, sum);
          }
        });
    List<String> players = List.copyOf(won.keySet());
    double[][] wins = new double[players.size() + 1][players.size() + 1];
    for (int i = 1; i < wins.length; i++) {
      String name = players.get(i - 1);
      wins[i][0] = won.get(name);
      wins[0][i] = annotations.get(name).size() - won.get(name);
    }
    double[] all = BradleyTerryRatings.of(wins, 0, BASELINE_RATING);
    Map<String, Double> ratings = new HashMap<>();
    for (int i = 1; i < all.length; i++) {
      ratings.put(players.get(i - 1), all[i]);
    }
    return ratings;
  }

  private static Optional<Comparison> compare(
      String better, List<Judgement> first, String worse, List<Judgement> second) {
    Map<Integer, Double> others = new TreeMap<>();
    second.forEach(judgement -> others.put(judgement.instruction(), judgement.preference()));
    double[] differences =
        first.stream()
            .filter(judgement -> others.containsKey(judgement.instruction()))
            .mapToDouble(j -> 100 * (j.preference() - others.get(j.instruction())))
            .toArray();
    return differences.length == 0
        ? Optional.empty()
        : Optional.of(
            new Comparison(
                better,
                worse,
                differences.length,
                Estimate.of(differences).mean(),
                Bootstrap.mean(differences, LEVEL, SEED)));
  }

  private static void interval(ArrayNode node, Interval interval) {
    node.add(interval.low()).add(interval.high());
  }

  private static String number(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static String line(String format, Object... values) {
    return number(format, values).stripTrailing() + "\n";
  }
}
