package dev.proxima.experiments.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.proxima.experiments.bench.Workload.Kind;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.ModelConfig.FeedForward;
import dev.proxima.models.ModelConfig.FeedForward.Activation;
import dev.proxima.models.ModelConfig.Rotary;
import dev.proxima.models.djl.MachinePeak;
import org.junit.jupiter.api.Test;

class WorkloadTest {

  /** d = 8, h = 4, two heads sharing one key/value head, f = 10, two layers, V = 7. */
  private static final ModelConfig CONFIG =
      ModelConfig.llama(7, 8, 10, 2, 2, 1, 64, 1e-5, 10_000, true, 0, 0, 1);

  /**
   * By hand, per layer: queries 8 x 8, keys and values 8 x 4 each, output 8 x 8, SwiGLU 3 x 8 x 10,
   * in all 432; two layers and the output layer's 8 x 7.
   */
  private static final double MATRIX_PARAMETERS = 2 * 432 + 56;

  @Test
  void countsTheParametersOfMatrixProducts() {
    assertThat(Workload.matrixParameters(CONFIG)).isEqualTo(MATRIX_PARAMETERS);
  }

  /** GPT-2's feed-forward layer has no gate: 2 x 8 x 10 in place of 3 x 8 x 10. */
  @Test
  void aLayerWithoutAGateHasTwoMatrices() {
    ModelConfig plain =
        new ModelConfig(
            "gpt2",
            CONFIG.vocabSize(),
            CONFIG.hiddenSize(),
            CONFIG.layers(),
            CONFIG.maxPositionEmbeddings(),
            CONFIG.attention(),
            Rotary.LEARNED,
            new FeedForward(10, Activation.GELU_TANH, false, true),
            CONFIG.norm(),
            CONFIG.embedding(),
            CONFIG.tokens());
    assertThat(Workload.matrixParameters(plain)).isEqualTo(MATRIX_PARAMETERS - 2 * 80);
  }

  /**
   * 3 rows of 5 tokens: a product costs 2 operations for each parameter and token. Scores and
   * mixing cost 2 h each for every pair of positions and head; half of the 25 pairs are causal: 2
   * layers x 2 heads x 4 x 25 x 3 rows x 2. Backward twice as much again.
   */
  @Test
  void trainingIsBoundByOperations() {
    double forward = 2 * MATRIX_PARAMETERS * 15 + 2 * 2 * 4 * 25 * 3 * 2;
    assertThat(new Workload(Kind.TRAIN, 3, 1, 4).floorSeconds(CONFIG, new MachinePeak(1e3, 1e-9)))
        .isEqualTo(3 * forward / 1e3);
  }

  /** One row on a machine with slow memory reads every float once for each token. */
  @Test
  void generationIsBoundByTheSlowerOfOperationsAndMemory() {
    Workload one = new Workload(Kind.GENERATE, 1, 2, 3);
    assertThat(one.floorSeconds(CONFIG, new MachinePeak(1e30, 100)))
        .isCloseTo(3 * 4 * MATRIX_PARAMETERS / 100, within(1e-9));
    double perToken = 2 * MATRIX_PARAMETERS + 2 * 2 * 4 * 5 * 2;
    assertThat(one.floorSeconds(CONFIG, new MachinePeak(1e3, 1e30)))
        .isCloseTo(3 * perToken / 1e3, within(1e-9));
  }
}
