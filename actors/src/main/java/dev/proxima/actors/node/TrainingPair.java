package dev.proxima.actors.node;

import dev.proxima.actors.artifacts.PromptResponses;
import dev.proxima.actors.artifacts.PromptResponses.Response;
import dev.proxima.algorithms.objective.PairRewards;
import dev.proxima.models.ReferenceTokens;
import dev.proxima.models.TokenPair;
import dev.proxima.models.TokenSequence;
import java.util.List;
import java.util.Optional;

/** What a line of an artefact is to a trainer. */
final class TrainingPair {

  private TrainingPair() {}

  /** The pair of a line that has a preference and both reference log-probabilities. */
  static TokenPair of(PromptResponses line) {
    int chosen = line.preference().chosen();
    int rejected = line.preference().rejected();
    return new TokenPair(
        sequence(line, chosen),
        sequence(line, rejected),
        line.responses().get(chosen).referenceLogp(),
        line.responses().get(rejected).referenceLogp(),
        referenceTokens(line.responses().get(chosen), line.responses().get(rejected)),
        rewards(line.responses(), chosen, rejected));
  }

  /** One of a line's responses, after the prompt. */
  static TokenSequence sequence(PromptResponses line, int response) {
    return TokenSequence.of(line.promptTokens(), line.responses().get(response).tokens());
  }

  private static Optional<ReferenceTokens> referenceTokens(Response chosen, Response rejected) {
    return chosen.referenceTokenLogps() == null || rejected.referenceTokenLogps() == null
        ? Optional.empty()
        : Optional.of(
            new ReferenceTokens(chosen.referenceTokenLogps(), rejected.referenceTokenLogps()));
  }

  private static Optional<PairRewards> rewards(List<Response> responses, int chosen, int rejected) {
    if (responses.stream().anyMatch(response -> response.reward() == null)) {
      return Optional.empty();
    }
    double[] rewards = responses.stream().mapToDouble(Response::reward).toArray();
    return Optional.of(PairRewards.of(rewards, chosen, rejected));
  }
}
