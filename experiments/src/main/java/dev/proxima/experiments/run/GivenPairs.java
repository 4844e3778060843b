package dev.proxima.experiments.run;

import dev.proxima.experiments.UserError;
import dev.proxima.experiments.config.PreferenceConfig;
import dev.proxima.experiments.data.JsonLine;
import dev.proxima.experiments.data.JsonLines;
import dev.proxima.experiments.data.PromptedResponses;
import dev.proxima.models.ResponseEncoder;
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
record GivenPairs(PreferenceConfig.Data settings, List<PromptedResponses> pairs, int ties) {

  /**
   * Both responses of a pair with their prompt.
   *
   * @param chosen the preferred response
   */
  record Encoded(TokenSequence chosen, TokenSequence rejected) {}

  /**
   * @throws UserError where the file is not what it should be, or has no pair
   */
  static GivenPairs read(PreferenceConfig.Data settings) {
    List<PromptedResponses> pairs = new ArrayList<>();
    int[] ties = {0};
    JsonLines.forEach(
        settings.pairs(),
        line -> {
          PromptedResponses pair = pair(line, settings);
          if (chosen(pair).equals(rejected(pair))) {
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
                    pair.prompt().stream().map(message -> message.content()),
                    pair.responses().values().stream()))
        .toList();
  }

  /**
   * The pairs as tokens, without those of which the prompt alone fills the longest sequence.
   *
   * @throws UserError where none is left, or one cannot be tokenised
   */
  List<Encoded> encoded(ResponseEncoder encoder) {
    List<Encoded> encoded = new ArrayList<>();
    for (PromptedResponses pair : pairs) {
      Optional<TokenSequence> chosen = pair.encoded(encoder, chosen(pair));
      Optional<TokenSequence> rejected = pair.encoded(encoder, rejected(pair));
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

  private static PromptedResponses pair(JsonLine line, PreferenceConfig.Data settings) {
    PromptedResponses pair = PromptedResponses.read(line, settings.strings());
    if (!pair.responses().containsKey(PromptedResponses.CHOSEN)) {
      throw line.error("needs 'chosen' and 'rejected'");
    }
    return pair;
  }

  private static String chosen(PromptedResponses pair) {
    return pair.responses().get(PromptedResponses.CHOSEN);
  }

  private static String rejected(PromptedResponses pair) {
    return pair.responses().get(PromptedResponses.REJECTED);
  }
}
