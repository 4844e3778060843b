package dev.proxima.models.lora;

import dev.proxima.models.LoraOptions;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.io.AtomicFiles;
import dev.proxima.models.safetensors.Checkpoint;
import dev.proxima.models.safetensors.SafetensorsFile;
import dev.proxima.models.safetensors.SafetensorsWriter;
import dev.proxima.models.safetensors.TensorInfo;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * An adapter in the layout of Hugging Face's PEFT: {@code adapter_config.json} and {@code
 * adapter_model.safetensors}. Which modules it adapts is what its tensors say.
 *
 * @param rank of each module's adapter, at least 1
 * @param scale what B A is multiplied by
 */
public record AdapterFolder(Path path, int rank, double scale) {

  private static final String WEIGHTS = "adapter_model.safetensors";
  private static final String PREFIX = "base_model.model.";

  /**
   * Opens a folder; the tensors are only looked for.
   *
   * @throws IllegalArgumentException with one line that names the file, and the key where it is one
   */
  public static AdapterFolder open(Path path) {
    if (!Files.isDirectory(path)) {
      throw new IllegalArgumentException(path + ": no such adapter folder");
    }
    AdapterConfig config = AdapterConfig.read(path.resolve(AdapterConfig.FILE));
    if (!Files.isRegularFile(path.resolve(WEIGHTS))) {
      throw new IllegalArgumentException(path.resolve(WEIGHTS) + ": no such file");
    }
    return new AdapterFolder(path, config.rank(), config.scale());
  }

  /**
   * Writes an adapter into a folder, which is there; the files are written beside and renamed.
   *
   * @param config of the model that it is for
   * @param factors of the modules that {@code options} target
   */
  public static void write(
      Path folder, ModelConfig config, LoraOptions options, List<LoraFactors> factors) {
    SortedMap<String, long[]> shapes = new TreeMap<>();
    Map<String, FloatBuffer> values = new HashMap<>();
    for (LoraFactors each : factors) {
      LoraModule module = each.module();
      shapes.put(down(module), new long[] {each.rank(), module.inputs()});
      values.put(down(module), each.down());
      shapes.put(up(module), new long[] {module.outputs(), each.rank()});
      values.put(up(module), each.up());
    }
    SafetensorsWriter.write(folder.resolve(WEIGHTS), shapes, values::get, Map.of("format", "pt"));
    AdapterConfig.write(folder.resolve(AdapterConfig.FILE), config, options);
  }

  /**
   * Copies the adapter to another folder, which is made where it is missing.
   *
   * @param base name or path of the model that it is for
   */
  public void copyTo(Path target, String base) throws IOException {
    Files.createDirectories(target);
    AtomicFiles.write(target.resolve(WEIGHTS), file -> Files.copy(path.resolve(WEIGHTS), file));
    AdapterConfig.copy(path.resolve(AdapterConfig.FILE), target.resolve(AdapterConfig.FILE), base);
  }

  /**
   * What it adds to the layers of a model.
   *
   * @throws IllegalArgumentException with one line that names the file and the tensor that does not
   *     fit
   */
  public List<LoraFactors> factors(ModelConfig config) {
    Path weights = path.resolve(WEIGHTS);
    List<LoraFactors> factors = new ArrayList<>();
    try (SafetensorsFile file = SafetensorsFile.open(weights)) {
      Set<String> unread = new TreeSet<>(file.tensors().keySet());
      for (LoraModule module : LoraModule.all(config)) {
        if (unread.contains(down(module)) || unread.contains(up(module))) {
          check(weights, file, down(module), rank, module.inputs());
          check(weights, file, up(module), module.outputs(), rank);
          unread.removeAll(List.of(down(module), up(module)));
          factors.add(
              new LoraFactors(module, rank, file.floats(down(module)), file.floats(up(module))));
        }
      }
      if (!unread.isEmpty()) {
        throw new IllegalArgumentException(
            "%s: tensor '%s' is for no linear layer of this %s"
                .formatted(weights, unread.iterator().next(), config.modelType()));
      }
    }
    return factors;
  }

  /**
   * The parameters of a model with the adapter merged into them.
   *
   * @param parameters a safetensors file or an index of shards
   * @throws IllegalArgumentException with one line that names the file and what does not fit
   */
  public Checkpoint mergedInto(Path parameters, ModelConfig config) {
    List<LoraFactors> factors = factors(config);
    return new MergedCheckpoint(Checkpoint.open(parameters), config, factors, scale);
  }

  private static void check(Path path, SafetensorsFile file, String name, long... shape) {
    TensorInfo tensor = file.tensors().get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(path + ": has no tensor '" + name + "'");
    }
    if (!Arrays.equals(tensor.shape(), shape)) {
      throw new IllegalArgumentException(
          "%s: tensor '%s' has the shape %s, but the model and the rank ask for %s"
              .formatted(path, name, Arrays.toString(tensor.shape()), Arrays.toString(shape)));
    }
  }

  private static String down(LoraModule module) {
    return PREFIX + module.name() + ".lora_A.weight";
  }

  private static String up(LoraModule module) {
    return PREFIX + module.name() + ".lora_B.weight";
  }
}
