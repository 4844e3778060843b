package dev.proxima.models.djl;

import dev.proxima.models.ModelConfig;
import dev.proxima.models.architecture.Architecture;
import dev.proxima.models.architecture.Architectures;
import dev.proxima.models.architecture.Part;
import dev.proxima.models.safetensors.TensorInfo;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the tensors of a model's files are called, and how large they are. */
final class TensorNames {

  /** What transformers calls the head of every sequence classifier. */
  private static final String SCORE = "score.weight";

  private final ModelConfig config;
  private final Architecture architecture;
  private final Head head;
  private final Map<Part, String> names;
  private final SortedMap<String, Part> parts = new TreeMap<>();

  /** Of a language model. */
  TensorNames(ModelConfig config) {
    this(config, Head.LANGUAGE);
  }

  TensorNames(ModelConfig config, Head head) {
    this.config = config;
    this.head = head;
    architecture = Architectures.of(config);
    names = architecture.names(config);
    if (head == Head.REWARD) {
      names.remove(Part.OUTPUT);
      names.put(Part.SCORE, SCORE);
    }
    names.forEach(
        (part, name) -> {
          for (int layer = 0; layer < (part.perLayer() ? config.layers() : 1); layer++) {
            parts.put(name.formatted(layer), part);
          }
        });
  }

  Head head() {
    return head;
  }

  boolean has(Part part) {
    return names.containsKey(part);
  }

  /** The name of a part; {@code layer} is from 0, and ignored where there are no several. */
  String name(Part part, int layer) {
    return names.get(part).formatted(layer);
  }

  /** Each tensor's part, by name. */
  SortedMap<String, Part> parts() {
    return parts;
  }

  /** Whether files hold a part with its axes swapped. */
  boolean transposed(Part part) {
    return architecture.transposed() && part.linear();
  }

  /** Each tensor's shape in the file. */
  SortedMap<String, long[]> shapes() {
    SortedMap<String, long[]> shapes = new TreeMap<>();
    parts.forEach((name, part) -> shapes.put(name, shape(part)));
    return shapes;
  }

  private long[] shape(Part part) {
    long[] shape = part.shape(config);
    return transposed(part) ? new long[] {shape[1], shape[0]} : shape;
  }

  /**
   * What this model's names have in front of those in a file with the given tensors: nothing, or
   * the base model's prefix where the file was saved without its head.
   */
  String missingPrefix(Set<String> found) {
    String embedding = name(Part.EMBEDDING, 0);
    String bare = embedding.substring(architecture.basePrefix().length());
    return !found.contains(embedding) && found.contains(bare) ? architecture.basePrefix() : "";
  }

  /**
   * Compares with a file's tensors, whose names lack {@code prefix}.
   *
   * @param freshScore whether a reward model's head may be missing
   * @throws IllegalArgumentException with one line when one is missing, too much or ill-shaped
   */
  void check(Path path, SortedMap<String, TensorInfo> tensors, String prefix, boolean freshScore) {
    shapes()
        .forEach(
            (name, shape) -> {
              TensorInfo found = tensors.get(inFile(name, prefix));
              if (found == null && name.equals(SCORE)) {
                if (freshScore) {
                  return;
                }
                throw new IllegalArgumentException(
                    path + ": has no tensor '" + SCORE + "', so it is no reward model's");
              }
              if (found == null) {
                throw new IllegalArgumentException(
                    path
                        + ": has no tensor '"
                        + inFile(name, prefix)
                        + "', which config.json asks for");
              }
              if (!Arrays.equals(found.shape(), shape)) {
                throw new IllegalArgumentException(
                    path
                        + ": tensor '"
                        + inFile(name, prefix)
                        + "' has the shape "
                        + Arrays.toString(found.shape())
                        + ", but config.json asks for "
                        + Arrays.toString(shape));
              }
            });
    for (String name : tensors.keySet()) {
      if (!parts.containsKey(name) && !parts.containsKey(prefix + name) && !isRedundant(name)) {
        throw new IllegalArgumentException(
            path + ": tensor '" + name + "' has no place in this architecture");
      }
    }
  }

  static String inFile(String name, String prefix) {
    return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
  }

  /** A tied output layer, or a table that older files carry along. */
  private static boolean isRedundant(String name) {
    return name.equals("lm_head.weight")
        || name.endsWith("rotary_emb.inv_freq")
        || name.endsWith(".attn.bias")
        || name.endsWith(".attn.masked_bias");
  }
}
