package dev.proxima.models.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.RewardHead;
import dev.proxima.models.architecture.Part;
import dev.proxima.models.safetensors.Checkpoint;
import dev.proxima.models.safetensors.SafetensorsWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The parameters of a decoder on one device. */
final class DecoderParameters implements AutoCloseable {

  /** Where a part lies: {@code rows} of {@code array} from {@code begin}. */
  private record Place(NDArray array, long begin, long rows) {}

  /** Tables; the other matrices are weights of linear layers. */
  private static final Set<Part> LOOKED_UP = Set.of(Part.EMBEDDING, Part.POSITIONS);

  private final ModelConfig config;
  private final TensorNames names;
  private final NDManager manager;
  private final Map<String, Place> places = new HashMap<>();
  private final List<NDArray> arrays = new ArrayList<>();
  private final PtNDArray none;
  private final PtNDArray embedding;
  private final PtNDArray positions;
  private final PtNDArray[] layers;
  private final PtNDArray[] head;

  private DecoderParameters(
      Checkpoint file,
      String prefix,
      TensorNames names,
      Optional<RewardHead> fresh,
      ModelConfig config,
      NDManager manager,
      Storage storage) {
    this.config = config;
    this.names = names;
    this.manager = manager;
    none = (PtNDArray) manager.create(new Shape(0));
    Reader reader = new Reader(file, prefix, fresh, storage);
    embedding = reader.stacked(List.of(Part.EMBEDDING), 0);
    positions = reader.stacked(List.of(Part.POSITIONS), 0);
    Slot[] slots = Slot.values();
    layers = new PtNDArray[config.layers() * slots.length];
    for (int i = 0; i < layers.length; i++) {
      layers[i] = reader.stacked(slots[i % slots.length].parts(), i / slots.length);
    }
    PtNDArray finalNorm = reader.stacked(List.of(Part.FINAL_NORM), 0);
    PtNDArray finalNormBias = reader.stacked(List.of(Part.FINAL_NORM_BIAS), 0);
    PtNDArray output = reader.stacked(List.of(Part.OUTPUT, Part.SCORE), 0);
    boolean tied = names.head() == Head.LANGUAGE && config.embedding().tied();
    head =
        new PtNDArray[] {
          finalNorm, finalNormBias, tied ? (PtNDArray) storage.weight(embedding) : output
        };
  }

  private DecoderParameters(DecoderParameters of, NDManager manager) {
    this.config = of.config;
    this.names = of.names;
    this.manager = manager;
    Aliases aliases = new Aliases(manager);
    none = aliases.of(of.none);
    arrays.addAll(aliases.of(of.arrays));
    embedding = aliases.of(of.embedding);
    positions = aliases.of(of.positions);
    layers = aliases.of(of.layers);
    head = aliases.of(of.head);
  }

  /**
   * Copies a language model's tensors from a file to the manager's device. The parameters own the
   * manager.
   *
   * @throws IllegalArgumentException with one line when the file does not fit {@code config}
   */
  static DecoderParameters load(
      Path safetensors, ModelConfig config, NDManager manager, Storage storage) {
    return load(safetensors, config, Head.LANGUAGE, Optional.empty(), manager, storage);
  }

  /**
   * Likewise, with a head of either kind.
   *
   * @param fresh the head of a reward model where the file has none
   */
  static DecoderParameters load(
      Path safetensors,
      ModelConfig config,
      Head head,
      Optional<RewardHead> fresh,
      NDManager manager,
      Storage storage) {
    try (Checkpoint file = Checkpoint.open(safetensors)) {
      return load(file, safetensors, config, head, fresh, manager, storage);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /**
   * A language model's, from an open file.
   *
   * @param path the file's name, for people
   */
  static DecoderParameters load(
      Checkpoint file, Path path, ModelConfig config, NDManager manager, Storage storage) {
    return load(file, path, config, Head.LANGUAGE, Optional.empty(), manager, storage);
  }

  private static DecoderParameters load(
      Checkpoint file,
      Path path,
      ModelConfig config,
      Head head,
      Optional<RewardHead> fresh,
      NDManager manager,
      Storage storage) {
    try {
      TensorNames names = new TensorNames(config, head);
      String prefix = names.missingPrefix(file.tensors().keySet());
      names.check(path, file.tensors(), prefix, fresh.isPresent());
      return new DecoderParameters(file, prefix, names, fresh, config, manager, storage);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /** The same parameters for another thread, see {@link Aliases}. They cannot be saved. */
  DecoderParameters alias(Device device) {
    return new DecoderParameters(this, manager.newSubManager(device));
  }

  /** Writes the tensors of a file for this {@code config} as {@link #save(Path)} writes its own. */
  static void save(Checkpoint file, ModelConfig config, Path safetensors) {
    TensorNames names = new TensorNames(config);
    String prefix = names.missingPrefix(file.tensors().keySet());
    write(
        safetensors, names, (name, parts) -> file.supply(TensorNames.inFile(name, prefix), parts));
  }

  ModelConfig config() {
    return config;
  }

  /** Owns the parameters and whatever else lives as long; parent of shorter-lived managers. */
  NDManager manager() {
    return manager;
  }

  /** Token embedding, [vocabulary, d]. */
  PtNDArray embedding() {
    return embedding;
  }

  /** Learned positions, [positions, d], or empty. */
  PtNDArray positions() {
    return positions;
  }

  /** The arrays of {@link Slot}, layer after layer; empty where the architecture has none. */
  PtNDArray[] layers() {
    return layers;
  }

  /** The last norm's weight and bias (or empty), and the output layer [vocabulary or 1, d]. */
  PtNDArray[] head() {
    return head;
  }

  /** Each array that is not empty once, in a fixed order. */
  List<NDArray> arrays() {
    return arrays;
  }

  /** Writes the tensors under Hugging Face's names. */
  void save(Path safetensors) {
    write(safetensors, names, this::supply);
  }

  @Override
  public void close() {
    manager.close();
  }

  private static void write(Path safetensors, TensorNames names, SafetensorsWriter.Source source) {
    SafetensorsWriter.write(safetensors, names.shapes(), source, Map.of("format", "pt"));
  }

  /** Hands out a tensor's values, in parts that fit into a buffer. */
  private void supply(String name, Consumer<FloatBuffer> parts) {
    Place place = places.get(name);
    if (names.transposed(names.parts().get(name))) {
      try (NDManager scope = manager.newSubManager()) {
        NDArray rows = Ops.slice(place.array(), 0, place.begin(), place.begin() + place.rows());
        rows.attach(scope);
        parts.accept(floats(rows.transpose().duplicate(), scope));
      }
      return;
    }
    long width = place.array().size() / place.array().getShape().get(0);
    long step = Math.max(1, Checkpoint.PART_ELEMENTS / width);
    for (long row = 0; row < place.rows(); row += step) {
      long begin = place.begin() + row;
      long end = Math.min(begin + step, place.begin() + place.rows());
      try (NDManager scope = manager.newSubManager()) {
        NDArray rows = Ops.slice(place.array(), 0, begin, end);
        rows.attach(scope);
        parts.accept(floats(rows, scope));
      }
    }
  }

  /** Values of a contiguous array: its own memory on the CPU, else a copy within the scope. */
  static FloatBuffer floats(NDArray array, NDManager scope) {
    NDArray host = array.toDevice(Device.cpu(), false);
    host.attach(scope);
    return host.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  /** Reads a file's tensors into arrays. */
  private final class Reader {

    private final Checkpoint file;
    private final String prefix;
    private final Optional<RewardHead> fresh;
    private final Storage storage;

    Reader(Checkpoint file, String prefix, Optional<RewardHead> fresh, Storage storage) {
      this.file = file;
      this.prefix = prefix;
      this.fresh = fresh;
      this.storage = storage;
    }

    /** Those of the parts that the model has, one below the other. */
    PtNDArray stacked(List<Part> parts, int layer) {
      List<Part> present = parts.stream().filter(names::has).toList();
      if (present.isEmpty()) {
        return none;
      }
      long[] shape = present.get(0).shape(config).clone();
      shape[0] = present.stream().mapToLong(part -> part.shape(config)[0]).sum();
      NDArray whole = manager.create(new Shape(shape));
      long begin = 0;
      for (Part part : present) {
        begin += fill(whole, begin, part, names.name(part, layer));
      }
      NDArray kept = storage.array(whole);
      if (shape.length == 2 && !LOOKED_UP.containsAll(present)) {
        NDArray weight = storage.weight(kept);
        if (weight != kept) {
          kept.close();
          kept = weight;
        }
      }
      begin = 0;
      for (Part part : present) {
        long rows = part.shape(config)[0];
        places.put(names.name(part, layer), new Place(kept, begin, rows));
        begin += rows;
      }
      arrays.add(kept);
      return (PtNDArray) kept;
    }

    /** Copies a tensor to the rows from {@code begin} and returns their number. */
    private long fill(NDArray whole, long begin, Part part, String name) {
      long[] shape = part.shape(config);
      String inFile = TensorNames.inFile(name, prefix);
      if (part == Part.SCORE && !file.tensors().containsKey(inFile)) {
        try (NDManager scope = manager.newSubManager()) {
          FloatBuffer values = Initialiser.draw(fresh.orElseThrow(), name, shape);
          Ops.setRows(whole, array(values, new Shape(shape), scope), begin, begin + shape[0]);
        }
        return shape[0];
      }
      if (names.transposed(part)) {
        FloatBuffer values = file.floats(inFile);
        try (NDManager scope = manager.newSubManager()) {
          NDArray columns = array(values, new Shape(shape[1], shape[0]), scope);
          Ops.setRows(whole, columns.transpose(), begin, begin + shape[0]);
        }
        return shape[0];
      }
      long width = shape.length == 1 ? 1 : shape[1];
      long step = Math.max(1, Checkpoint.PART_ELEMENTS / width);
      for (long row = 0; row < shape[0]; row += step) {
        long rows = Math.min(step, shape[0] - row);
        FloatBuffer values = file.floats(inFile, row * width, Math.toIntExact(rows * width));
        Shape size = shape.length == 1 ? new Shape(rows) : new Shape(rows, width);
        try (NDManager scope = manager.newSubManager()) {
          Ops.setRows(whole, array(values, size, scope), begin + row, begin + row + rows);
        }
      }
      return shape[0];
    }

    private NDArray array(FloatBuffer values, Shape shape, NDManager scope) {
      ByteBuffer bytes =
          ByteBuffer.allocateDirect(Math.multiplyExact(values.remaining(), Float.BYTES))
              .order(ByteOrder.nativeOrder());
      bytes.asFloatBuffer().put(values);
      return scope.create(bytes, shape, DataType.FLOAT32);
    }
  }
}
