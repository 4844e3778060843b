package dev.proxima.models.djl;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.ModelConfig.Norm;
import dev.proxima.models.Precision;
import java.util.Arrays;
import java.util.Optional;

/**
 * The forward pass of a decoder; {@code decoder.py} beside it holds the computation, this the way
 * there. Below, n = packed tokens, d = hidden size, h = head size, K = key/value heads.
 */
final class Decoder {

  private static final PtNDArray[] NOTHING = {};

  /** Compiled at first use, when PyTorch has started. */
  private static final class Script {
    static final TorchScript DECODER = load();

    private static TorchScript load() {
      try {
        return TorchScript.load("Decoder", "decoder.py", "blocked.py");
      } catch (EngineException withoutOneDnn) {
        return TorchScript.load("Decoder", "decoder.py", "unblocked.py");
      }
    }
  }

  private final DecoderParameters parameters;
  private final Optional<LoraAdapters> adapters;
  private final Optional<ResidualDropout> dropout;
  private final ModelConfig config;
  private final RotaryTables rotary;
  private final long dtype;
  private final long[] design;
  private final double[] numbers;
  private final long[] windows;

  Decoder(DecoderParameters parameters, Precision precision) {
    this(parameters, precision, Optional.empty(), Optional.empty());
  }

  /**
   * @param adapters take part where packed tokens have nothing before them, as in training
   * @param dropout likewise
   */
  Decoder(
      DecoderParameters parameters,
      Precision precision,
      Optional<LoraAdapters> adapters,
      Optional<ResidualDropout> dropout) {
    this.parameters = parameters;
    this.adapters = adapters;
    this.dropout = dropout;
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

  /** Whether adapters are trained in place of the parameters. */
  boolean frozen() {
    return adapters.isPresent();
  }

  /**
   * A frozen parameter in another number type; but vectors stay float32, in which norms compute.
   */
  static NDArray cast(NDArray array, Precision precision) {
    if (precision == Precision.FLOAT32 || array.getShape().dimension() == 1) {
      return array;
    }
    try (array) {
      PtNDManager manager = (PtNDManager) array.getManager();
      return Script.DECODER.call(
          "cast", manager, IValue.from((PtNDArray) array), IValue.from(dtype(precision)));
    }
  }

  /**
   * A linear layer's float32 weight on the CPU as products with few rows read it fastest, if
   * PyTorch can do that; else the weight itself. Nothing flows back through it.
   */
  static NDArray blocked(NDArray weight) {
    return Script.DECODER.call(
        "blocked", (PtNDManager) weight.getManager(), IValue.from((PtNDArray) weight));
  }

  /** A copy of an array, of whatever number type, on the device of {@code manager}. */
  static PtNDArray moved(NDArray array, NDManager manager) {
    try (NDArray there = manager.create(new Shape(0))) {
      return Script.DECODER.call(
          "moved",
          (PtNDManager) manager,
          IValue.from((PtNDArray) array),
          IValue.from((PtNDArray) there));
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
              IValue.listFrom(rows, config.kvHeads(), columns, config.headSize()),
              IValue.from(dtype));
    }
    return caches;
  }

  /** Bytes that a token takes in the caches. */
  long cacheBytesPerToken() {
    long bytes = dtype == dtype(Precision.FLOAT32) ? Float.BYTES : Short.BYTES;
    return 2 * bytes * config.layers() * config.kvHeads() * config.headSize();
  }

  /** A batch on the device; its arrays live in one manager. */
  record Packed(
      PtNDArray tokens,
      PtNDArray positions,
      PtNDArray[] turns,
      PtNDArray[] rectangle,
      long columns,
      PtNDArray[] lora,
      PtNDArray[] dropout) {}

  /** Moves a batch to the device, into {@code scope}. */
  Packed pack(PackedBatch batch, NDManager scope) {
    PtNDArray positions = create(batch.positions(), scope);
    PtNDArray[] rectangle =
        batch.cells().length == 0
            ? NOTHING
            : new PtNDArray[] {create(batch.cells(), scope), create(batch.homes(), scope)};
    return new Packed(
        create(batch.tokens(), scope),
        positions,
        turns(positions, batch.columns()),
        rectangle,
        batch.columns(),
        adapters.map(each -> each.scaling(batch, scope)).orElse(NOTHING),
        dropout.map(each -> each.of(batch, scope)).orElse(NOTHING));
  }

  /** Hidden states before the last norm, [n, d]; they and what is between live in {@code scope}. */
  PtNDArray hidden(PackedBatch batch, NDManager scope) {
    Packed packed = pack(batch, scope);
    return layers(packed, embedded(packed, scope), 0, config.layers(), scope);
  }

  /** What goes into the first layer, [n, d]. */
  PtNDArray embedded(Packed packed, NDManager scope) {
    PtNDArray x = embedded(packed.tokens(), packed.positions(), scope);
    return dropout.map(each -> dropped(x, each.embedding(packed.dropout()), scope)).orElse(x);
  }

  private static PtNDArray dropped(PtNDArray x, PtNDArray[] dropout, NDManager scope) {
    try (x) {
      return call("drop", scope, IValue.from(x), IValue.listFrom(dropout), IValue.from(0L));
    }
  }

  /** Hidden states [n, d] after the layers {@code from} (inclusive) to {@code to} (exclusive). */
  PtNDArray layers(Packed packed, NDArray x, int from, int to, NDManager scope) {
    int slots = Slot.values().length;
    return call(
        "packed",
        scope,
        IValue.from((PtNDArray) x),
        IValue.listFrom(Arrays.copyOfRange(parameters.layers(), from * slots, to * slots)),
        IValue.listFrom(packed.turns()),
        IValue.listFrom(packed.rectangle()),
        IValue.from(packed.columns()),
        IValue.listFrom(Arrays.copyOfRange(windows, from, to)),
        IValue.listFrom(design),
        IValue.listFrom(numbers),
        IValue.from(dtype),
        IValue.listFrom(adapters.map(each -> each.layers(from, to)).orElse(NOTHING)),
        IValue.listFrom(packed.lora()),
        IValue.listFrom(
            dropout.map(each -> each.layers(packed.dropout(), from, to)).orElse(NOTHING)));
  }

  /**
   * Hidden states before the last norm, [n, d]; keys and values are kept in {@code caches}.
   *
   * @param cells row * columns + position in the caches, [m]
   * @param sources the packed token that belongs there, [m]
   */
  PtNDArray prefill(
      PackedBatch batch, PtNDArray[] caches, long[] cells, long[] sources, NDManager scope) {
    Packed packed = pack(batch, scope);
    return call(
        "prefill",
        scope,
        IValue.from(embedded(packed, scope)),
        IValue.listFrom(parameters.layers()),
        IValue.listFrom(packed.turns()),
        IValue.listFrom(packed.rectangle()),
        IValue.from(packed.columns()),
        IValue.listFrom(caches),
        IValue.from(create(cells, scope)),
        IValue.from(create(sources, scope)),
        IValue.listFrom(windows),
        IValue.listFrom(design),
        IValue.listFrom(numbers),
        IValue.from(dtype));
  }

  /**
   * Hidden states [rows, d] of the next token of each of the first rows of the caches.
   *
   * @param tokens one for each row
   * @param positions of the tokens in their sequences
   */
  PtNDArray decode(long[] tokens, long[] positions, PtNDArray[] caches, NDManager scope) {
    int columns = 1 + (int) Arrays.stream(positions).max().orElseThrow();
    PtNDArray at = create(positions, scope);
    return call(
        "decode",
        scope,
        IValue.from(embedded(create(tokens, scope), at, scope)),
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
        IValue.from(create(sources, scope)),
        IValue.from(create(targets, scope)),
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
        IValue.from(create(tokens, scope)),
        IValue.listFrom(parameters.head()),
        IValue.listFrom(numbers),
        IValue.from(config.embedding().logitCap()),
        IValue.from(dtype));
  }

  /** A reward model's rewards [n] of hidden states [n, d]; float32, as the norm before them is. */
  NDArray rewards(NDArray hidden, NDManager scope) {
    return call(
            "logits",
            scope,
            IValue.from((PtNDArray) hidden),
            IValue.listFrom(parameters.head()),
            IValue.listFrom(numbers),
            IValue.from(0.0),
            IValue.from(dtype(Precision.FLOAT32)))
        .reshape(-1);
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

  private static PtNDArray create(long[] values, NDManager scope) {
    return (PtNDArray) scope.create(values);
  }

  private static PtNDArray call(String method, NDManager scope, IValue... arguments) {
    return Script.DECODER.call(method, (PtNDManager) scope, arguments);
  }

  /** PyTorch's number for a type. */
  private static long dtype(Precision precision) {
    return precision == Precision.FLOAT32 ? 6 : 15;
  }
}
