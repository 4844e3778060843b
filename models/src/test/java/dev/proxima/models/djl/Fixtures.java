package dev.proxima.models.djl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.proxima.algorithms.objective.LossAndGradient;
import dev.proxima.algorithms.objective.PairLogps;
import dev.proxima.algorithms.objective.PreferenceObjective;
import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.LearningRate;
import dev.proxima.models.LoraOptions;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.Optimisation;
import dev.proxima.models.OptimiserOptions;
import dev.proxima.models.TokenPair;
import dev.proxima.models.TokenRandom;
import dev.proxima.models.TokenSequence;
import dev.proxima.models.TrainingOptions;
import dev.proxima.models.safetensors.SafetensorsFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Small models and data for the tests of this package. */
final class Fixtures {

  static final TorchEngine ENGINE = TorchEngine.create(1);

  static final ComputeDevice CPU = ComputeDevice.CPU;

  /** 6 query heads on 2 key heads, tied; the shape of the file {@code tied.safetensors}. */
  static final ModelConfig TINY =
      ModelConfig.llama(48, 24, 40, 2, 6, 2, 64, 1e-5, 10000, true, 0, 1, 2);

  private Fixtures() {}

  static Path path(String name) {
    try {
      return Path.of(Fixtures.class.getResource(name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** The parameters in {@code tied.safetensors}, to be closed. */
  static DecoderParameters parameters() {
    return DecoderParameters.load(
        path("tied.safetensors"), TINY, ENGINE.cpuManager(), Storage.trained());
  }

  static JsonNode json(String name) {
    try (InputStream stream = Fixtures.class.getResourceAsStream(name)) {
      return new ObjectMapper().readTree(stream);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static int[] ints(JsonNode array) {
    return IntStream.range(0, array.size()).map(i -> array.get(i).intValue()).toArray();
  }

  static float[] floats(JsonNode array) {
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).floatValue();
    }
    return values;
  }

  static TrainingOptions options(double learningRate, int microBatchTokens) {
    return new Optimisation(
            OptimiserOptions.AdamW.DEFAULT,
            LearningRate.constant(learningRate),
            0.1,
            1,
            microBatchTokens)
        .over(10, 0);
  }

  /** SGD, whose steps do not magnify rounding, on adapters. */
  static TrainingOptions options(LoraOptions lora, int microBatchTokens) {
    return new Optimisation(
            OptimiserOptions.Sgd.DEFAULT, LearningRate.constant(1), 0, 1, microBatchTokens, 0, lora)
        .over(10, 3);
  }

  /** A sequence of random tokens of {@link #TINY}, its length up to 24. */
  static TokenSequence sequence(long index) {
    RandomStream random = RandomStream.of(17, "sequence", index);
    int promptLength = 1 + random.below(8, 0);
    int[] tokens = new int[promptLength + 1 + random.below(16, 1)];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = random.below(TINY.vocabSize(), 2 + i);
    }
    return new TokenSequence(tokens, promptLength);
  }

  static List<TokenSequence> sequences(int count) {
    return IntStream.range(0, count).mapToObj(Fixtures::sequence).toList();
  }

  static List<TokenPair> pairs(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new TokenPair(sequence(2L * i), sequence(2L * i + 1), -20 - i, -24 + i))
        .toList();
  }

  static TokenRandom draws(long seed) {
    return (prompt, response, position) ->
        RandomStream.of(seed, "sample", prompt, response).uniform(position);
  }

  /** |a - b| / |b| in the L2 norm, over all tensors. */
  static double relativeDistance(Path a, Path b) {
    double difference = 0;
    double norm = 0;
    try (SafetensorsFile one = SafetensorsFile.open(a);
        SafetensorsFile other = SafetensorsFile.open(b)) {
      for (String name : other.tensors().keySet()) {
        FloatBuffer left = one.floats(name);
        FloatBuffer right = other.floats(name);
        for (int i = 0; i < right.limit(); i++) {
          difference += Math.pow(left.get(i) - right.get(i), 2);
          norm += Math.pow(right.get(i), 2);
        }
      }
    }
    return Math.sqrt(difference / norm);
  }

  /** The loss of DPO with beta = 0.1, written out: log(1 + exp(-beta * margin)). */
  static final PreferenceObjective DPO =
      logps -> {
        int n = logps.size();
        double[] losses = new double[n];
        double[] gradChosen = new double[n];
        double[] gradRejected = new double[n];
        for (int i = 0; i < n; i++) {
          double margin = 0.1 * margin(logps, i);
          losses[i] = Math.log1p(Math.exp(-margin));
          gradChosen[i] = -0.1 / (1 + Math.exp(margin));
          gradRejected[i] = -gradChosen[i];
        }
        return new LossAndGradient(losses, gradChosen, gradRejected);
      };

  static double margin(PairLogps logps, int i) {
    return logps.chosenLogRatio(i) - logps.rejectedLogRatio(i);
  }
}
