package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.SampledResponse;
import dev.proxima.models.SamplingOptions;
import dev.proxima.models.TokenSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TorchLanguageModelTest {

  private static final SamplingOptions OPTIONS = new SamplingOptions(5, 1.3, 0.95, 40);

  private final LanguageModel model =
      Fixtures.ENGINE.load(Fixtures.path("tied.safetensors"), Fixtures.TINY, ComputeDevice.CPU);
  private final List<int[]> prompts =
      Stream.iterate(0L, i -> i + 1)
          .limit(12)
          .map(
              i ->
                  Arrays.copyOf(Fixtures.sequence(i).tokens(), Fixtures.sequence(i).promptLength()))
          .toList();

  @AfterEach
  void free() {
    model.close();
  }

  @Test
  void generationReportsTheLogProbabilitiesOfAScoringPass() {
    List<List<SampledResponse>> responses = model.generate(prompts, OPTIONS, Fixtures.draws(1));

    List<TokenSequence> sequences = new ArrayList<>();
    List<SampledResponse> all = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      assertThat(responses.get(i)).hasSize(5);
      for (SampledResponse response : responses.get(i)) {
        sequences.add(TokenSequence.of(prompts.get(i), response.tokens()));
        all.add(response);
      }
    }
    double[][] logps = model.tokenLogps(sequences);
    for (int i = 0; i < logps.length; i++) {
      assertThat(all.get(i).tokenLogps()).containsExactly(logps[i], within(1e-5));
    }
  }

  @Test
  void aResponseEndsWithTheEndTokenOrAtTheLimit() {
    List<SampledResponse> all =
        model.generate(prompts, OPTIONS, Fixtures.draws(2)).stream().flatMap(List::stream).toList();

    assertThat(all).extracting(SampledResponse::finished).contains(true, false);
    for (SampledResponse response : all) {
      int[] tokens = response.tokens();
      int end = tokens[tokens.length - 1];
      assertThat(response.finished()).isEqualTo(end == Fixtures.TINY.tokens().eos().get(0));
      assertThat(response.finished() || tokens.length == OPTIONS.maxNewTokens()).isTrue();
      assertThat(Arrays.stream(tokens, 0, tokens.length - 1))
          .doesNotContain(Fixtures.TINY.tokens().eos().get(0));
    }
  }

  /** A device's sampler and reference actor share one model; neither's work copies it. */
  @Test
  void samplingAndScoringHoldTheParametersOnce() {
    try (DecoderParameters parameters = Fixtures.parameters()) {
      TorchLanguageModel shared = new TorchLanguageModel(parameters, EngineOptions.DEFAULT);
      shared.generate(prompts, OPTIONS, Fixtures.draws(1));
      shared.tokenLogps(Fixtures.sequences(5));

      long held = parameters.manager().getManagedArrays().stream().mapToLong(NDArray::size).sum();
      long once = parameters.arrays().stream().mapToLong(NDArray::size).sum();
      // Beside the parameters there are the tables of the rotary positions.
      assertThat(held).isBetween(once, once + once / 2);
    }
  }

  /** Rows that leave, padding and shared prompts change nothing but the last bits of a logit. */
  @Test
  void aResponseDependsOnItsOwnPromptAndDrawsOnly() {
    List<List<SampledResponse>> together = model.generate(prompts, OPTIONS, Fixtures.draws(3));

    for (int i = 0; i < prompts.size(); i++) {
      for (int k = 0; k < OPTIONS.responses(); k++) {
        int prompt = i;
        int response = k;
        SampledResponse alone =
            model
                .generate(
                    List.of(prompts.get(i)),
                    new SamplingOptions(1, 1.3, 0.95, 40),
                    (p, r, t) -> Fixtures.draws(3).uniform(prompt, response, t))
                .get(0)
                .get(0);
        assertThat(alone.tokens()).containsExactly(together.get(i).get(k).tokens());
      }
    }
  }

  @Test
  void oneModelServesTwoThreads() {
    List<TokenSequence> sequences = Fixtures.sequences(30);
    double[] logps = model.logps(sequences);
    List<int[]> tokens = tokens(model.generate(prompts, OPTIONS, Fixtures.draws(4)));

    List<CompletableFuture<double[]>> scored =
        Stream.generate(() -> CompletableFuture.supplyAsync(() -> model.logps(sequences)))
            .limit(8)
            .toList();
    List<CompletableFuture<List<int[]>>> generated =
        Stream.generate(
                () ->
                    CompletableFuture.supplyAsync(
                        () -> tokens(model.generate(prompts, OPTIONS, Fixtures.draws(4)))))
            .limit(4)
            .toList();

    scored.forEach(result -> assertThat(result.join()).isEqualTo(logps));
    generated.forEach(
        result -> assertThat(result.join()).usingRecursiveComparison().isEqualTo(tokens));
  }

  @Test
  void impossiblePromptsAreRefusedInOneLine() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.generate(List.of(new int[25]), OPTIONS, Fixtures.draws(1)))
        .withMessage("a prompt of 25 tokens and 40 new ones exceed max_position_embeddings, 64");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.generate(List.of(new int[0]), OPTIONS, Fixtures.draws(1)))
        .withMessage("a prompt needs at least one token");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.generate(List.of(new int[] {-1}), OPTIONS, Fixtures.draws(1)))
        .withMessageStartingWith("token -1 is outside the model's vocabulary of 48");
  }

  @Test
  void nothingAskedIsNothingAnswered() {
    assertThat(model.generate(List.of(), OPTIONS, Fixtures.draws(1))).isEmpty();
    assertThat(model.logps(List.of())).isEmpty();
  }

  private static List<int[]> tokens(List<List<SampledResponse>> responses) {
    return responses.stream().flatMap(List::stream).map(SampledResponse::tokens).toList();
  }
}
