package dev.proxima.experiments.run;

import dev.proxima.experiments.UserError;
import dev.proxima.experiments.config.PairsConfig;
import dev.proxima.experiments.data.JsonLine;
import dev.proxima.experiments.data.JsonLines;
import dev.proxima.experiments.data.PromptedResponses;
import dev.proxima.models.ModelFolder;
import dev.proxima.models.ResponseEncoder;
import dev.proxima.models.RewardEncoder;
import dev.proxima.models.RewardPair;
import dev.proxima.models.TokenSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The user's pairs as text.
 *
 * @param pairs in the file's order, at least one
 * @param ties lines that were left out because both responses were the same
 */
record GivenPairs(PairsConfig.Data settings, List<GivenPairs.Pair> pairs, int ties) {

  /**
   * A line.
   *
   * @param margin by how much the reward of chosen should exceed that of rejected
   */
  record Pair(PromptedResponses text, double margin) {

    String chosen() {
      return text.responses().get(PromptedResponses.CHOSEN);
    }

    String rejected() {
      return text.responses().get(PromptedResponses.REJECTED);
    }
  }

  /**
   * Both responses of a pair with their prompt.
   *
   * @param chosen the preferred response
   */
  record Encoded(TokenSequence chosen, TokenSequence rejected) {}

  /**
   * @throws UserError where the file is not what it should be, or has no pair
   */
  static GivenPairs read(PairsConfig.Data settings) {
    List<Pair> pairs = new ArrayList<>();
    int[] ties = {0};
    JsonLines.forEach(
        settings.pairs(),
        line -> {
          Pair pair = pair(line, settings);
          if (pair.chosen().equals(pair.rejected())) {
            ties[0]++;
          } else if (settings.maxPairs() == 0 || pairs.size() < settings.maxPairs()) {
            pairs.add(pair);
          }
        });
    if (pairs.isEmpty()) {
      throw new UserError(
          settings.pairs() + ": chosen and rejected are the same text on every line");
    }
    return new GivenPairs(settings, List.copyOf(pairs), ties[0]);
  }

  /** The words to train a tokenizer on. */
  List<String> texts() {
    return pairs.stream()
        .flatMap(
            pair ->
                Stream.concat(
                    pair.text().prompt().stream().map(message -> message.content()),
                    pair.text().responses().values().stream()))
        .toList();
  }

  /** How the pairs become tokens of a model that may read less than the settings allow. */
  ResponseEncoder.Options encoding(ModelFolder model) {
    return settings.encoding().atMost(model.config().maxPositionEmbeddings());
  }

  /** A line on how many pairs are used. */
  String description(int used) {
    return "Data: %,d pairs; left out: %,d too long, %,d ties"
        .formatted(used, pairs.size() - used, ties);
  }

  /**
   * The pairs as tokens, without those of which the prompt alone fills the longest sequence.
   *
   * @throws UserError where none is left, or one cannot be tokenised
   */
  List<Encoded> encoded(ResponseEncoder encoder) {
    List<Encoded> encoded = new ArrayList<>();
    for (Pair pair : pairs) {
      Optional<TokenSequence> chosen = pair.text().encoded(encoder, pair.chosen());
      Optional<TokenSequence> rejected = pair.text().encoded(encoder, pair.rejected());
      if (chosen.isPresent() && rejected.isPresent()) {
        encoded.add(new Encoded(chosen.get(), rejected.get()));
      }
    }
    if (encoded.isEmpty()) {
      throw new UserError(
          settings.pairs()
              + ": every prompt alone fills preference.max-length; raise it, or set"
              + " preference.truncation = keep-end");
    }
    return encoded;
  }

  /**
   * The pairs as a reward model reads them, without those that are too long.
   *
   * @throws UserError where none is left, or one cannot be tokenised
   */
  List<RewardPair> rewarded(RewardEncoder encoder) {
    List<RewardPair> encoded = new ArrayList<>();
    for (Pair pair : pairs) {
      Optional<int[]> chosen = pair.text().rewarded(encoder, pair.chosen());
      Optional<int[]> rejected = pair.text().rewarded(encoder, pair.rejected());
      if (chosen.isPresent() && rejected.isPresent()) {
        encoded.add(new RewardPair(chosen.get(), rejected.get(), pair.margin()));
      }
    }
    if (encoded.isEmpty()) {
      throw new UserError(
          settings.pairs() + ": every pair is longer than preference.max-length; raise it");
    }
    return encoded;
  }

  private static Pair pair(JsonLine line, PairsConfig.Data settings) {
    PromptedResponses text = PromptedResponses.read(line, settings.strings());
    if (!text.responses().containsKey(PromptedResponses.CHOSEN)) {
      throw line.error("needs 'chosen' and 'rejected'");
    }
    return new Pair(text, line.number("margin", 0));
  }
}
