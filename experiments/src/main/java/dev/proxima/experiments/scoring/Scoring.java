package dev.proxima.experiments.scoring;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.experiments.data.PromptedResponses;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What is found out of responses.
 *
 * @param <S> a prompt with a response as the model takes it
 */
interface Scoring<S> {

  /**
   * A line's prompt with one of its responses.
   *
   * @return empty where it has no score
   * @throws IllegalArgumentException where it cannot be tokenised
   */
  Optional<S> encode(PromptedResponses line, String response);

  /** How many tokens it has. */
  int tokens(S sequence);

  /** The score of each sequence, at least one, in order. */
  double[] scores(List<S> sequences);

  /** Writes the score of the response that a field holds; none where it has none. */
  void write(ObjectNode line, String field, Optional<S> sequence, OptionalDouble score);
}
