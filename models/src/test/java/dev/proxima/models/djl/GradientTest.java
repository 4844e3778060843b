package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.proxima.algorithms.objective.Objectives;
import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.LearningRate;
import dev.proxima.models.LoraOptions;
import dev.proxima.models.Optimisation;
import dev.proxima.models.OptimiserOptions;
import dev.proxima.models.Precision;
import dev.proxima.models.ReferenceTokens;
import dev.proxima.models.TokenPair;
import dev.proxima.models.TokenSequence;
import dev.proxima.models.TrainingOptions;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Gradients against finite differences: (f(-2h) - 8 f(-h) + 8 f(h) - f(2h)) / 12h, with f from the
 * scoring pass. In float32 a loss is known to about 1e-6, so a difference to about 1e-4.
 */
@SuppressWarnings("try") // GradMode is held, never used
class GradientTest {

  private static final float H = 0.006f;
  private static final int ENTRIES = 4;

  private final DecoderParameters parameters = Fixtures.parameters();
  private final TorchLanguageModel model =
      new TorchLanguageModel(parameters, EngineOptions.DEFAULT);
  // Nothing moves at such a learning rate, and the gradients stay until the next step.
  private final TorchTrainer trainer =
      new TorchTrainer(parameters, EngineOptions.DEFAULT, Fixtures.options(1e-30, 100));

  @AfterEach
  void free() {
    parameters.close();
  }

  @Test
  void fineTuningFollowsTheGradientOfTheMeanTokenLoss() {
    List<TokenSequence> batch = Fixtures.sequences(5);
    int tokens = batch.stream().mapToInt(TokenSequence::responseLength).sum();
    trainer.fineTune(batch);
    checkEveryKind(() -> -Arrays.stream(model.logps(batch)).sum() / tokens);
  }

  @Test
  void preferenceTrainingFollowsTheGradientOfTheMeanPairLoss() {
    List<TokenPair> batch = Fixtures.pairs(3);
    trainer.prefer(batch, Fixtures.DPO);
    checkEveryKind(() -> meanDpoLoss(batch));
  }

  /** DPO on log-probabilities in which tokens beyond the shorter response's length count 0.3. */
  @Test
  void anObjectiveOnTokensFollowsItsGradientToo() {
    List<TokenPair> batch =
        Fixtures.pairs(5).stream()
            .map(
                pair ->
                    new TokenPair(
                        pair.chosen(),
                        pair.rejected(),
                        pair.referenceChosen(),
                        pair.referenceRejected(),
                        Optional.of(
                            new ReferenceTokens(
                                new double[pair.chosen().responseLength()],
                                new double[pair.rejected().responseLength()])),
                        Optional.empty()))
            .toList();
    trainer.prefer(batch, Objectives.create("dpo", Map.of("ld-alpha", "0.3")));
    checkEveryKind(
        () ->
            batch.stream()
                .mapToDouble(pair -> Math.log1p(Math.exp(-0.1 * desensitisedMargin(pair))))
                .average()
                .orElseThrow());
  }

  /** With the entries that the first step leaves out. */
  @Test
  void withDropoutFollowsTheGradientOfWhatIsLeft() {
    TrainingOptions options =
        new Optimisation(
                OptimiserOptions.AdamW.DEFAULT,
                LearningRate.constant(1e-30),
                0,
                1,
                100,
                0.25,
                LoraOptions.NONE)
            .over(1, 7);
    List<TokenSequence> batch = Fixtures.sequences(5);
    int tokens = batch.stream().mapToInt(TokenSequence::responseLength).sum();
    new TorchTrainer(parameters, EngineOptions.DEFAULT, options).fineTune(batch);
    ResponseScorer scorer =
        new ResponseScorer(TrainedDecoder.whole(parameters, options).decoder(Precision.FLOAT32));
    PackedBatch packed = PackedBatch.of(batch, parameters.config());
    checkEveryKind(
        () -> {
          try (GradMode still = GradMode.off();
              NDManager scope = parameters.manager().newSubManager()) {
            float[] logps = scorer.tokenLogps(packed, scope).toFloatArray();
            return -Arrays.stream(packed.sums(logps)).sum() / tokens;
          }
        });
  }

  private double desensitisedMargin(TokenPair pair) {
    double[][] logps = model.tokenLogps(List.of(pair.chosen(), pair.rejected()));
    int shared = Math.min(logps[0].length, logps[1].length);
    double margin = 0;
    for (int side = 0; side < 2; side++) {
      for (int t = 0; t < logps[side].length; t++) {
        margin += (side == 0 ? 1 : -1) * (t < shared ? 1 : 0.3) * logps[side][t];
      }
    }
    return margin;
  }

  private double meanDpoLoss(List<TokenPair> batch) {
    double[] chosen = model.logps(batch.stream().map(TokenPair::chosen).toList());
    double[] rejected = model.logps(batch.stream().map(TokenPair::rejected).toList());
    double sum = 0;
    for (int i = 0; i < batch.size(); i++) {
      TokenPair pair = batch.get(i);
      double margin = chosen[i] - pair.referenceChosen() - (rejected[i] - pair.referenceRejected());
      sum += Math.log1p(Math.exp(-0.1 * margin));
    }
    return sum / batch.size();
  }

  private void checkEveryKind(DoubleSupplier loss) {
    int d = Fixtures.TINY.hiddenSize();
    int keys = Fixtures.TINY.kvHeads() * Fixtures.TINY.headSize();
    int inner = Fixtures.TINY.intermediateSize();
    Map<String, Range> kinds = new LinkedHashMap<>();
    kinds.put("embedding", Range.all(parameters.embedding()));
    kinds.put("final norm", Range.all(parameters.head()[0]));
    kinds.put("input norm", Range.all(slot(1, Slot.INPUT_NORM)));
    kinds.put("query", new Range(slot(1, Slot.QUERY_KEY_VALUE), 0, d * d));
    kinds.put("key", new Range(slot(1, Slot.QUERY_KEY_VALUE), d * d, keys * d));
    kinds.put("value", new Range(slot(1, Slot.QUERY_KEY_VALUE), (d + keys) * d, keys * d));
    kinds.put("attention output", Range.all(slot(1, Slot.ATTENTION_OUTPUT)));
    kinds.put("post-attention norm", Range.all(slot(1, Slot.FEED_FORWARD_NORM)));
    kinds.put("gate", new Range(slot(1, Slot.GATE_UP), 0, inner * d));
    kinds.put("up", new Range(slot(1, Slot.GATE_UP), inner * d, inner * d));
    kinds.put("down", Range.all(slot(1, Slot.DOWN)));
    kinds.put("first layer's query", new Range(slot(0, Slot.QUERY_KEY_VALUE), 0, d * d));
    kinds.forEach((kind, range) -> check(kind, range, loss));
  }

  private NDArray slot(int layer, Slot slot) {
    return parameters.layers()[layer * Slot.values().length + slot.ordinal()];
  }

  private static void check(String kind, Range range, DoubleSupplier loss) {
    float[] gradient;
    try (NDArray array = range.array().getGradient()) {
      gradient = array.toFloatArray();
    }
    FloatBuffer values = range.array().toByteBuffer(true).asFloatBuffer();
    // The entry of the largest gradient, and some at random.
    int steepest =
        Stream.iterate(range.begin(), i -> i + 1)
            .limit(range.size())
            .max((i, j) -> Float.compare(Math.abs(gradient[i]), Math.abs(gradient[j])))
            .orElseThrow();
    assertThat(Math.abs(gradient[steepest])).as(kind).isGreaterThan(0.003f);
    for (int entry = 0; entry < ENTRIES; entry++) {
      int at =
          entry == 0
              ? steepest
              : range.begin() + RandomStream.of(entry, kind).below(range.size(), 0);
      float value = values.get(at);
      double difference =
          (at(values, at, value - 2 * H, loss)
                  - 8 * at(values, at, value - H, loss)
                  + 8 * at(values, at, value + H, loss)
                  - at(values, at, value + 2 * H, loss))
              / (12 * H);
      values.put(at, value);
      assertThat((double) gradient[at])
          .as("%s, entry %d", kind, at)
          .isCloseTo(difference, within(5e-4 + 0.005 * Math.abs(difference)));
    }
  }

  private static double at(FloatBuffer values, int index, float value, DoubleSupplier loss) {
    values.put(index, value);
    return loss.getAsDouble();
  }

  /** A kind of parameter within the array that holds it. */
  private record Range(NDArray array, int begin, int size) {

    static Range all(NDArray array) {
      return new Range(array, 0, (int) array.size());
    }
  }
}
