package dev.proxima.models;

import dev.proxima.models.architecture.Architectures;
import dev.proxima.models.architecture.Part;
import java.util.Map;

/**
 * What a training step of all parameters holds at its peak, in bytes. Counted from what PyTorch
 * keeps to go back through {@code decoder.py}, for sequences of one length; where lengths differ,
 * the rectangle that attention works on adds its padding.
 *
 * <p>Of N parameters in float32, which are the master weights of bfloat16 too, 4 N are the
 * parameters and 4 N their gradients; AdamW keeps 8 N more, RMSProp 4 N (momentum and centring 4 N
 * each), SGD nothing without momentum and 4 N with it. These stay from step to step.
 *
 * <p>With hidden size d, intermediate size f and H heads of size h, the tape of a gated layer with
 * RMS norms is 4 (6 d + 4 f + 4 H h) a token, in bfloat16 20 d + 2 (4 f + 4 H h): two norms keep
 * input, quotient and result; the feed-forward layer keeps gate, other half, activation and
 * product; attention keeps queries, keys and values (repeated for the heads that share them) and
 * what it mixes. bfloat16 also keeps each matrix as cast, 2 bytes a parameter. With checkpointing
 * each layer keeps its input of 4 d a token alone, and one layer at a time has its tape.
 *
 * <p>Not counted is dropout, which adds to the tape a byte of each number that may be left out: 2 d
 * a token and layer, and d a token for the embeddings.
 *
 * <p>In passing, the way back needs the gradients of a layer's inner states, 2 f + 2 d numbers a
 * token, or before that 3 rows of the vocabulary's size in float32 for each response token
 * (log-probabilities, their gradient and that of the logits; with checkpointing for a part of them
 * at a time), whichever is more.
 *
 * @param parameters the float32 parameters
 * @param gradients theirs
 * @param optimiser its state
 * @param tape what one micro-batch keeps from the way forward for the way back
 * @param passing the most that is needed beside it on the way back
 */
public record TrainingMemory(
    long parameters, long gradients, long optimiser, long tape, long passing) {

  /** Logits that are held at once where no tape needs them all. */
  public static final int LOGITS_AT_ONCE = 1 << 24;

  private static final int ROWS_OF_SCORES = 3;

  /**
   * The count for a step on a model.
   *
   * @param tokens of the largest micro-batch, responses included
   * @param responses response tokens among them
   */
  public static TrainingMemory of(
      ModelConfig config,
      OptimiserOptions optimiser,
      EngineOptions engine,
      long tokens,
      long responses) {
    long n = elements(config, false);
    int product = engine.precision() == Precision.BFLOAT16 ? Short.BYTES : Float.BYTES;
    long casts = product == Float.BYTES ? 0 : product * elements(config, true);
    long layer = tokens * layerBytes(config, product);
    long inner = tokens * innerBytes(config, product);
    long rows =
        engine.checkpointing()
            ? Math.min(responses, Math.max(1, LOGITS_AT_ONCE / config.vocabSize()))
            : responses;
    long scores = Float.BYTES * rows * ROWS_OF_SCORES * config.vocabSize();
    long state = Float.BYTES * tokens * config.hiddenSize();
    return new TrainingMemory(
        Float.BYTES * n,
        Float.BYTES * n,
        Float.BYTES * n * copies(optimiser),
        engine.checkpointing() ? (config.layers() + 1) * state : config.layers() * layer + casts,
        engine.checkpointing()
            ? Math.max(layer + inner + casts / config.layers(), scores)
            : Math.max(inner, scores));
  }

  /** All of it. */
  public long total() {
    return parameters + gradients + optimiser + tape + passing;
  }

  /** How many numbers an optimiser keeps for each parameter. */
  private static int copies(OptimiserOptions optimiser) {
    if (optimiser instanceof OptimiserOptions.RmsProp rmsProp) {
      return 1 + (rmsProp.momentum() > 0 ? 1 : 0) + (rmsProp.centred() ? 1 : 0);
    } else if (optimiser instanceof OptimiserOptions.Sgd sgd) {
      return sgd.momentum() > 0 ? 1 : 0;
    }
    return 2;
  }

  /** The tape of one layer for one token. */
  private static long layerBytes(ModelConfig config, int product) {
    boolean rms = config.norm().kind() == ModelConfig.Norm.Kind.RMS;
    // Layer norms keep their input, and the next product what comes out.
    long norms = 2L * config.hiddenSize() * ((rms ? 2 : 1) * Float.BYTES + product);
    long feedForward = (config.feedForward().gated() ? 4L : 2L) * config.intermediateSize();
    long attention = 4L * config.heads() * config.headSize();
    return norms + product * (feedForward + attention);
  }

  /** The gradients of the widest states within a layer, for one token. */
  private static long innerBytes(ModelConfig config, int product) {
    return 2L * config.intermediateSize() * product + 2L * config.hiddenSize() * Float.BYTES;
  }

  private static long elements(ModelConfig config, boolean onlyMatrices) {
    long elements = 0;
    for (Map.Entry<Part, String> each : Architectures.of(config).names(config).entrySet()) {
      Part part = each.getKey();
      long size = 1;
      for (long extent : part.shape(config)) {
        size *= extent;
      }
      if (!onlyMatrices || part.linear()) {
        elements += size * (part.perLayer() ? config.layers() : 1);
      }
    }
    return elements;
  }
}
