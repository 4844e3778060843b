package dev.proxima.experiments.scoring;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.experiments.data.PromptedResponses;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.ResponseEncoder;
import dev.proxima.models.TokenSequence;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Log-probabilities under a language model, with the number of tokens that they sum over. */
record LogpScoring(LanguageModel model, ResponseEncoder encoder) implements Scoring<TokenSequence> {

  @Override
  public Optional<TokenSequence> encode(PromptedResponses line, String response) {
    return line.encoded(encoder, response);
  }

  @Override
  public int tokens(TokenSequence sequence) {
    return sequence.tokens().length;
  }

  @Override
  public double[] scores(List<TokenSequence> sequences) {
    return model.logps(sequences);
  }

  @Override
  public void write(
      ObjectNode line, String field, Optional<TokenSequence> sequence, OptionalDouble score) {
    line.put("logp_" + field, score.orElse(0));
    line.put("tokens_" + field, sequence.map(TokenSequence::responseLength).orElse(0));
  }
}
