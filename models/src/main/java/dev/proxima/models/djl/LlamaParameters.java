package dev.proxima.models.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.safetensors.Checkpoint;
import dev.proxima.models.safetensors.SafetensorsWriter;
import dev.proxima.models.safetensors.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * The parameters of a Llama decoder on one device. Projections of the same input are stacked by
 * rows into one array, so that each takes one matrix product; files keep the separate tensors.
 */
final class LlamaParameters implements AutoCloseable {

  /**
   * One decoder layer, with d = hidden, h = head size, H = heads, K = key/value heads and f =
   * intermediate size.
   *
   * @param inputNorm [d]
   * @param queryKeyValue [(H + 2 K) h, d]
   * @param attentionOutput [d, H h]
   * @param postAttentionNorm [d]
   * @param gateUp [2 f, d]
   * @param down [d, f]
   */
  record Layer(
      NDArray inputNorm,
      NDArray queryKeyValue,
      NDArray attentionOutput,
      NDArray postAttentionNorm,
      NDArray gateUp,
      NDArray down) {}

  /** Where a file's tensor lies: {@code size} floats of {@code array} from {@code begin}. */
  private record Part(NDArray array, int begin, int size) {}

  private final ModelConfig config;
  private final NDManager manager;
  private final Map<String, Part> parts = new HashMap<>();
  private final List<NDArray> arrays = new ArrayList<>();
  private final List<Layer> layers = new ArrayList<>();
  private final NDArray embedding;
  private final NDArray finalNorm;
  private final NDArray output;

  private LlamaParameters(Checkpoint file, ModelConfig config, NDManager manager) {
    this.config = config;
    this.manager = manager;
    SortedMap<String, long[]> shapes = LlamaLayout.shapes(config);
    embedding = read(file, shapes, LlamaLayout.EMBEDDING);
    for (int i = 0; i < config.layers(); i++) {
      layers.add(readLayer(file, shapes, i));
    }
    finalNorm = read(file, shapes, LlamaLayout.FINAL_NORM);
    output = config.tieWordEmbeddings() ? embedding : read(file, shapes, LlamaLayout.OUTPUT);
  }

  /**
   * Copies a file's tensors to the manager's device. The parameters own the manager.
   *
   * @throws IllegalArgumentException with one line when the file does not fit {@code config}
   */
  static LlamaParameters load(Path safetensors, ModelConfig config, NDManager manager) {
    try (Checkpoint file = Checkpoint.open(safetensors)) {
      checkFits(safetensors, file.tensors(), config);
      return new LlamaParameters(file, config, manager);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  ModelConfig config() {
    return config;
  }

  /** Owns the parameters and whatever else lives as long; parent of shorter-lived managers. */
  NDManager manager() {
    return manager;
  }

  /** Token embedding, [vocabulary, d]. */
  NDArray embedding() {
    return embedding;
  }

  List<Layer> layers() {
    return layers;
  }

  /** Weight of the last norm, [d]. */
  NDArray finalNorm() {
    return finalNorm;
  }

  /** Projection to logits, [vocabulary, d]; the embedding itself where they are tied. */
  NDArray output() {
    return output;
  }

  /** Each array once, in a fixed order. */
  List<NDArray> arrays() {
    return arrays;
  }

  /** Writes the tensors under Hugging Face's names. */
  void save(Path safetensors) {
    try (NDManager scope = manager.newSubManager()) {
      SafetensorsWriter.write(
          safetensors,
          LlamaLayout.shapes(config),
          name -> floats(name, scope),
          Map.of("format", "pt"));
    }
  }

  @Override
  public void close() {
    manager.close();
  }

  private Layer readLayer(Checkpoint file, SortedMap<String, long[]> shapes, int index) {
    return new Layer(
        read(file, shapes, LlamaLayout.layer(index, LlamaLayout.INPUT_NORM)),
        read(
            file,
            shapes,
            LlamaLayout.layer(index, LlamaLayout.QUERY),
            LlamaLayout.layer(index, LlamaLayout.KEY),
            LlamaLayout.layer(index, LlamaLayout.VALUE)),
        read(file, shapes, LlamaLayout.layer(index, LlamaLayout.ATTENTION_OUTPUT)),
        read(file, shapes, LlamaLayout.layer(index, LlamaLayout.POST_ATTENTION_NORM)),
        read(
            file,
            shapes,
            LlamaLayout.layer(index, LlamaLayout.GATE),
            LlamaLayout.layer(index, LlamaLayout.UP)),
        read(file, shapes, LlamaLayout.layer(index, LlamaLayout.DOWN)));
  }

  /** Reads tensors of equal row length into one array, one below the other. */
  private NDArray read(Checkpoint file, SortedMap<String, long[]> shapes, String... names) {
    long[] stacked = shapes.get(names[0]).clone();
    stacked[0] = Arrays.stream(names).mapToLong(name -> shapes.get(name)[0]).sum();
    Shape shape = new Shape(stacked);
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Math.toIntExact(Math.multiplyExact(shape.size(), Float.BYTES)))
            .order(ByteOrder.nativeOrder());
    FloatBuffer floats = bytes.asFloatBuffer();
    int[] begins = new int[names.length];
    for (int i = 0; i < names.length; i++) {
      begins[i] = floats.position();
      floats.put(file.floats(names[i]));
    }
    NDArray array;
    try (NDArray view = manager.create(bytes, shape, DataType.FLOAT32)) {
      array = view.duplicate();
    }
    for (int i = 0; i < names.length; i++) {
      int end = i + 1 < names.length ? begins[i + 1] : floats.position();
      parts.put(names[i], new Part(array, begins[i], end - begins[i]));
    }
    arrays.add(array);
    return array;
  }

  /** A tensor's values: the parameter's own memory on the CPU, else a copy within the scope. */
  private FloatBuffer floats(String name, NDManager scope) {
    Part part = parts.get(name);
    NDArray host = part.array().toDevice(Device.cpu(), false);
    if (host != part.array()) {
      host.attach(scope);
    }
    return host.toByteBuffer(true).asFloatBuffer().slice(part.begin(), part.size());
  }

  private static void checkFits(
      Path path, SortedMap<String, TensorInfo> tensors, ModelConfig config) {
    SortedMap<String, long[]> expected = LlamaLayout.shapes(config);
    expected.forEach(
        (name, shape) -> {
          TensorInfo found = tensors.get(name);
          if (found == null) {
            throw new IllegalArgumentException(
                path + ": has no tensor '" + name + "', which config.json asks for");
          }
          if (!Arrays.equals(found.shape(), shape)) {
            throw new IllegalArgumentException(
                path
                    + ": tensor '"
                    + name
                    + "' has the shape "
                    + Arrays.toString(found.shape())
                    + ", but config.json asks for "
                    + Arrays.toString(shape));
          }
        });
    for (String name : tensors.keySet()) {
      if (!expected.containsKey(name) && !isRedundant(name)) {
        throw new IllegalArgumentException(
            path + ": tensor '" + name + "' has no place in this architecture");
      }
    }
  }

  /** A tied output layer or a rotary table, which older files carry along. */
  private static boolean isRedundant(String name) {
    return name.equals(LlamaLayout.OUTPUT) || name.endsWith("rotary_emb.inv_freq");
  }
}
