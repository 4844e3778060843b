package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.Precision;
import dev.proxima.models.SampledResponse;
import dev.proxima.models.SamplingOptions;
import dev.proxima.models.TokenSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  /** Hugging Face's RepetitionPenaltyLogitsProcessor, then softmax(logits / T), by hand. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.7})
  void tokensSeenBeforeArePenalised(double temperature) {
    double penalty = 1.6;
    SamplingOptions options = new SamplingOptions(1, penalty, temperature, 0, 1, 0, 12);
    List<SampledResponse> penalised =
        model.generate(prompts, options, Fixtures.draws(5)).stream()
            .map(each -> each.get(0))
            .toList();

    for (int i = 0; i < prompts.size(); i++) {
      int[] tokens = penalised.get(i).tokens();
      for (int t = 0; t < tokens.length; t++) {
        int[] seen = Arrays.copyOf(prompts.get(i), prompts.get(i).length + t);
        System.arraycopy(tokens, 0, seen, prompts.get(i).length, t);
        double[] logits = logits(seen);
        Arrays.stream(seen)
            .distinct()
            .forEach(v -> logits[v] *= logits[v] < 0 ? penalty : 1 / penalty);
        int expected =
            temperature == 0
                ? argMax(logits)
                : drawn(logits, temperature, Fixtures.draws(5).uniform(i, 0, t));
        assertThat(tokens[t]).as("token %d of response %d", t, i).isEqualTo(expected);
      }
    }
    List<int[]> plain =
        tokens(
            model.generate(prompts, new SamplingOptions(1, temperature, 1, 12), Fixtures.draws(5)));
    assertThat(tokensOf(penalised)).usingRecursiveComparison().isNotEqualTo(plain);
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

  /** The logits of the token after these, of a forward pass of its own. */
  @SuppressWarnings("try") // GradMode is held, never used
  private static double[] logits(int[] tokens) {
    try (DecoderParameters parameters = Fixtures.parameters();
        NDManager scope = parameters.manager().newSubManager();
        GradMode still = GradMode.off()) {
      Decoder decoder = new Decoder(parameters, Precision.FLOAT32);
      NDArray hidden = decoder.hidden(PackedBatch.ofPrompts(List.of(tokens)), scope);
      float[] all = decoder.logits(hidden, scope).toFloatArray();
      int vocabulary = Fixtures.TINY.vocabSize();
      return IntStream.range(all.length - vocabulary, all.length)
          .mapToDouble(i -> all[i])
          .toArray();
    }
  }

  private static int argMax(double[] values) {
    return IntStream.range(0, values.length)
        .boxed()
        .max(Comparator.comparingDouble(v -> values[v]))
        .orElseThrow();
  }

  /** The first token at which the distribution function passes the draw. */
  private static int drawn(double[] logits, double temperature, double uniform) {
    double[] mass = Arrays.stream(logits).map(x -> Math.exp(x / temperature)).toArray();
    double left = uniform * Arrays.stream(mass).sum();
    int token = 0;
    while (left >= mass[token]) {
      left -= mass[token++];
    }
    return token;
  }

  private static List<int[]> tokens(List<List<SampledResponse>> responses) {
    return tokensOf(responses.stream().flatMap(List::stream).toList());
  }

  private static List<int[]> tokensOf(List<SampledResponse> responses) {
    return responses.stream().map(SampledResponse::tokens).toList();
  }
}
