package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.ModelConfig.Norm;
import dev.proxima.models.Precision;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * The forward pass of a decoder; {@code decoder.py} beside it holds the computation, this the way
 * there. Below, n = packed tokens, d = hidden size, h = head size, K = key/value heads.
 */
final class Decoder {

  private static final PtNDArray[] NOTHING = {};

  /** Compiled at first use, when PyTorch has started. */
  private static final class Script {
    static final TorchScript DECODER = TorchScript.load("decoder.py", "Decoder");
  }

  private final DecoderParameters parameters;
  private final ModelConfig config;
  private final RotaryTables rotary;
  private final long dtype;
  private final long[] design;
  private final double[] numbers;
  private final long[] windows;

  Decoder(DecoderParameters parameters, Precision precision) {
    this.parameters = parameters;
    config = parameters.config();
    rotary = new RotaryTables(parameters.manager(), config);
    dtype = dtype(precision);
    design =
        new long[] {
          config.heads(),
          config.kvHeads(),
          config.headSize(),
          config.feedForward().activation().ordinal(),
          config.feedForward().gated() ? 1 : 0
        };
    Norm norm = config.norm();
    numbers =
        new double[] {
          norm.epsilon(),
          norm.centred() ? 1 : 0,
          config.attention().scale(),
          config.attention().logitCap()
        };
    windows = config.attention().windows().stream().mapToLong(Integer::longValue).toArray();
  }

  ModelConfig config() {
    return config;
  }

  /** An array in another number type; for a frozen model's parameters. */
  static NDArray cast(NDArray array, Precision precision) {
    if (precision == Precision.FLOAT32) {
      return array;
    }
    try (array) {
      PtNDManager manager = (PtNDManager) array.getManager();
      return Script.DECODER.call(
          "cast", manager, IValue.from((PtNDArray) array), IValue.from(dtype(precision)));
    }
  }

  /** Keys and values for {@code rows} sequences of up to {@code columns} tokens; all zero. */
  PtNDArray[] caches(NDManager manager, int rows, int columns) {
    PtNDArray[] caches = new PtNDArray[2 * config.layers()];
    for (int i = 0; i < caches.length; i++) {
      caches[i] =
          call(
              "zeros",
              manager,
              IValue.from(parameters.embedding()),
              IValue.listFrom(rows, columns, config.kvHeads(), config.headSize()),
              IValue.from(dtype));
    }
    return caches;
  }

  /** Bytes that a token takes in the caches. */
  long cacheBytesPerToken() {
    long bytes = dtype == dtype(Precision.FLOAT32) ? Float.BYTES : Short.BYTES;
    return 2 * bytes * config.layers() * config.kvHeads() * config.headSize();
  }

  /** Hidden states before the last norm, [n, d]; they and what is between live in {@code scope}. */
  PtNDArray hidden(PackedBatch batch, NDManager scope) {
    NDArray positions = scope.create(batch.positions());
    return call("packed", scope, packed(batch, positions, scope));
  }

  /**
   * Likewise, and keeps keys and values in {@code caches}.
   *
   * @param cells row * columns + position in the caches, [m]
   * @param sources the packed token that belongs there, [m]
   */
  PtNDArray prefill(
      PackedBatch batch, PtNDArray[] caches, long[] cells, long[] sources, NDManager scope) {
    NDArray positions = scope.create(batch.positions());
    IValue[] packed = packed(batch, positions, scope);
    int kept = 5;
    return call(
        "prefill",
        scope,
        Stream.of(
                Arrays.stream(packed, 0, kept),
                Stream.of(
                    IValue.listFrom(caches),
                    IValue.from((PtNDArray) scope.create(cells)),
                    IValue.from((PtNDArray) scope.create(sources))),
                Arrays.stream(packed, kept, packed.length))
            .flatMap(values -> values)
            .toArray(IValue[]::new));
  }

  /**
   * Hidden states [rows, d] of the next token of each of the first rows of the caches.
   *
   * @param tokens one for each row
   * @param positions of the tokens in their sequences
   */
  PtNDArray decode(long[] tokens, long[] positions, PtNDArray[] caches, NDManager scope) {
    int columns = 1 + (int) Arrays.stream(positions).max().orElseThrow();
    PtNDArray at = (PtNDArray) scope.create(positions);
    return call(
        "decode",
        scope,
        IValue.from(embedded((PtNDArray) scope.create(tokens), at, scope)),
        IValue.listFrom(parameters.layers()),
        IValue.listFrom(turns(at, columns)),
        IValue.from(at),
        IValue.from((long) columns),
        IValue.listFrom(caches),
        IValue.listFrom(windows),
        IValue.listFrom(design),
        IValue.listFrom(numbers),
        IValue.from(dtype));
  }

  /** Copies rows of the caches, as far as {@code columns}. */
  void move(PtNDArray[] caches, long[] sources, long[] targets, int columns, NDManager scope) {
    call(
        "move",
        scope,
        IValue.listFrom(caches),
        IValue.from((PtNDArray) scope.create(sources)),
        IValue.from((PtNDArray) scope.create(targets)),
        IValue.from((long) columns));
  }

  /** Logits [n, vocabulary] of hidden states [n, d]. */
  PtNDArray logits(NDArray hidden, NDManager scope) {
    return call(
        "logits",
        scope,
        IValue.from((PtNDArray) hidden),
        IValue.listFrom(parameters.head()),
        IValue.listFrom(numbers),
        IValue.from(config.embedding().logitCap()),
        IValue.from(dtype));
  }

  /** log sum_v exp(x_v) of each row of [n, vocabulary]. */
  PtNDArray logSumExp(NDArray x, NDManager scope) {
    return call("logsumexp", scope, IValue.from((PtNDArray) x));
  }

  /** Log-probabilities [n] of tokens [n] after hidden states [n, d]. */
  PtNDArray logps(NDArray hidden, long[] tokens, NDManager scope) {
    return call(
        "logps",
        scope,
        IValue.from((PtNDArray) hidden),
        IValue.from((PtNDArray) scope.create(tokens)),
        IValue.listFrom(parameters.head()),
        IValue.listFrom(numbers),
        IValue.from(config.embedding().logitCap()),
        IValue.from(dtype));
  }

  private IValue[] packed(PackedBatch batch, NDArray positions, NDManager scope) {
    PtNDArray[] rectangle =
        batch.cells().length == 0
            ? NOTHING
            : new PtNDArray[] {
              (PtNDArray) scope.create(batch.cells()), (PtNDArray) scope.create(batch.homes())
            };
    PtNDArray tokens = (PtNDArray) scope.create(batch.tokens());
    return new IValue[] {
      IValue.from(embedded(tokens, (PtNDArray) positions, scope)),
      IValue.listFrom(parameters.layers()),
      IValue.listFrom(turns(positions, batch.columns())),
      IValue.listFrom(rectangle),
      IValue.from((long) batch.columns()),
      IValue.listFrom(windows),
      IValue.listFrom(design),
      IValue.listFrom(numbers),
      IValue.from(dtype)
    };
  }

  private PtNDArray embedded(PtNDArray tokens, PtNDArray positions, NDManager scope) {
    return call(
        "embed",
        scope,
        IValue.from(tokens),
        IValue.from(positions),
        IValue.from(parameters.embedding()),
        IValue.from(parameters.positions()),
        IValue.from(config.embedding().scale()));
  }

  private PtNDArray[] turns(NDArray positions, int end) {
    return config.rotary().learned() ? NOTHING : rotary.at(positions, end);
  }

  private static PtNDArray call(String method, NDManager scope, IValue... arguments) {
    return Script.DECODER.call(method, (PtNDManager) scope, arguments);
  }

  /** PyTorch's number for a type. */
  private static long dtype(Precision precision) {
    return precision == Precision.FLOAT32 ? 6 : 15;
  }
}
