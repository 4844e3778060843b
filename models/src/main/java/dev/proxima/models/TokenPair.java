package dev.proxima.models;

import dev.proxima.algorithms.objective.PairRewards;
import java.util.Optional;

/**
 * A preference pair ready for training. The last two are for objectives that need them.
 *
 * @param chosen the preferred response y_w with its prompt
 * @param rejected the dispreferred response y_l with the same prompt
 * @param referenceChosen log pi_t(y_w|x), summed over response tokens, in nats
 * @param referenceRejected log pi_t(y_l|x), likewise
 * @param referenceTokens the summands of both
 * @param rewards the rewards and win rates by which it became a pair
 */
public record TokenPair(
    TokenSequence chosen,
    TokenSequence rejected,
    double referenceChosen,
    double referenceRejected,
    Optional<ReferenceTokens> referenceTokens,
    Optional<PairRewards> rewards) {

  /** A pair of which no more is known. */
  public TokenPair(
      TokenSequence chosen,
      TokenSequence rejected,
      double referenceChosen,
      double referenceRejected) {
    this(chosen, rejected, referenceChosen, referenceRejected, Optional.empty(), Optional.empty());
  }
}
