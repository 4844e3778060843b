package dev.proxima.models.djl;

import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.TrainingOptions;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Dropout (Srivastava et al. 2014) of what enters the residual stream in training: the embeddings,
 * and what each attention and feed-forward layer adds, after its norm where it has one. What is
 * kept is divided by 1 - dropout, so that the mean stays. These are {@code embd_pdrop} and {@code
 * resid_pdrop} of transformers' GPT-2, for all architectures; probabilities of attention are never
 * left out.
 */
final class ResidualDropout {

  /** What a layer adds: by its attention, and by its feed-forward layer. */
  private static final int LAYER_ARRAYS = 2;

  private final double share;
  private final long seed;
  private final DropoutMasks masks;
  private final PtNDArray least;
  private final PtNDArray scale;
  private final PtNDArray embedding;
  private final PtNDArray[] layers;

  /**
   * Lives as long as the parameters.
   *
   * @param share of the entries that is left out, in [0, 1)
   */
  ResidualDropout(double share, long seed, DecoderParameters parameters) {
    this.share = share;
    this.seed = seed;
    masks = new DropoutMasks(share, seed, "residual dropout");
    NDManager manager = parameters.manager();
    ModelConfig config = parameters.config();
    least = masks.least(manager);
    scale = (PtNDArray) manager.create((float) (1 / (1 - share)));
    embedding = masks.entries(config.hiddenSize(), manager);
    layers = new PtNDArray[LAYER_ARRAYS * config.layers()];
    Arrays.setAll(layers, i -> masks.entries(config.hiddenSize(), manager, i / 2, i % 2));
  }

  /** That of a training; none where its dropout is 0. */
  static Optional<ResidualDropout> of(TrainingOptions options, DecoderParameters parameters) {
    double share = options.optimisation().dropout();
    return share == 0
        ? Optional.empty()
        : Optional.of(new ResidualDropout(share, options.seed(), parameters));
  }

  /** The same for an alias of the parameters, see {@link Aliases}; it goes with that alias. */
  ResidualDropout alias(DecoderParameters parameters) {
    return new ResidualDropout(share, seed, parameters);
  }

  /** Begins a 0-based optimiser step: draws anew. */
  void begin(int number) {
    masks.begin(number);
  }

  /** What {@link #embedding} and {@link #layers} need of a batch, living in {@code scope}. */
  PtNDArray[] of(PackedBatch batch, NDManager scope) {
    return new PtNDArray[] {masks.tokens(batch, scope), least, scale};
  }

  /** What {@code decoder.py} takes for the embeddings. */
  PtNDArray[] embedding(PtNDArray[] batch) {
    return with(batch, embedding);
  }

  /** What {@code decoder.py} takes for the layers from (inclusive) to (exclusive). */
  PtNDArray[] layers(PtNDArray[] batch, int from, int to) {
    return with(batch, Arrays.copyOfRange(layers, LAYER_ARRAYS * from, LAYER_ARRAYS * to));
  }

  private static PtNDArray[] with(PtNDArray[] batch, PtNDArray... keys) {
    return Stream.of(batch, keys).flatMap(Arrays::stream).toArray(PtNDArray[]::new);
  }
}
