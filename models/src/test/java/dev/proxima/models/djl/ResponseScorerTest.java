package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.Precision;
import dev.proxima.models.TokenSequence;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ResponseScorerTest {

  /** sum_v pi(v | before)^2, with each v of the vocabulary scored as a response of its own. */
  @Test
  @SuppressWarnings("try") // GradMode is held, never used
  void collisionsAreOfTheWholeVocabulary() {
    TokenSequence sequence = Fixtures.sequence(3);
    try (DecoderParameters parameters = Fixtures.parameters();
        NDManager scope = parameters.manager().newSubManager();
        GradMode still = GradMode.off()) {
      ResponseScorer scorer = new ResponseScorer(new Decoder(parameters, Precision.FLOAT32));
      PackedBatch batch =
          PackedBatch.of(List.of(sequence, Fixtures.sequence(4), sequence), Fixtures.TINY);

      double[][] collisions = batch.rows(scorer.collisions(batch, scope).toFloatArray());

      TorchLanguageModel model = new TorchLanguageModel(parameters, EngineOptions.DEFAULT);
      for (int t = 0; t < sequence.responseLength(); t++) {
        int[] before = Arrays.copyOf(sequence.tokens(), sequence.promptLength() + t);
        double[] logps =
            model.logps(
                IntStream.range(0, Fixtures.TINY.vocabSize())
                    .mapToObj(v -> TokenSequence.of(before, new int[] {v}))
                    .toList());
        double expected = Math.log(Arrays.stream(logps).map(l -> Math.exp(2 * l)).sum());
        assertThat(collisions[0][t]).isCloseTo(expected, within(1e-5));
        assertThat(collisions[2][t]).isCloseTo(expected, within(1e-5));
      }
    }
  }
}
