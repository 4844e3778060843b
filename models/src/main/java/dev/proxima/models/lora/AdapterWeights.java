package dev.proxima.models.lora;

import dev.proxima.models.ModelConfig;
import dev.proxima.models.safetensors.SafetensorsFile;
import dev.proxima.models.safetensors.SafetensorsWriter;
import dev.proxima.models.safetensors.TensorInfo;
import java.nio.FloatBuffer;
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
 * The tensors of an adapter, named as Hugging Face's PEFT names them. Which modules it adapts is
 * what they say; what B A is multiplied by they do not.
 */
public record AdapterWeights(Path safetensors) {

  private static final String PREFIX = "base_model.model.";

  /** Writes the tensors, beside and renamed. */
  public void write(List<LoraFactors> factors) {
    SortedMap<String, long[]> shapes = new TreeMap<>();
    Map<String, FloatBuffer> values = new HashMap<>();
    for (LoraFactors each : factors) {
      LoraModule module = each.module();
      shapes.put(down(module), new long[] {each.rank(), module.inputs()});
      values.put(down(module), each.down());
      shapes.put(up(module), new long[] {module.outputs(), each.rank()});
      values.put(up(module), each.up());
    }
    SafetensorsWriter.write(safetensors, shapes, values::get, Map.of("format", "pt"));
  }

  /**
   * Reads what it adds to the layers of a model.
   *
   * @param rank of each module's adapter
   * @throws IllegalArgumentException with one line that names the file and the tensor that does not
   *     fit
   */
  public List<LoraFactors> factors(ModelConfig config, int rank) {
    List<LoraFactors> factors = new ArrayList<>();
    try (SafetensorsFile file = SafetensorsFile.open(safetensors)) {
      Set<String> unread = new TreeSet<>(file.tensors().keySet());
      for (LoraModule module : LoraModule.all(config)) {
        if (unread.contains(down(module)) || unread.contains(up(module))) {
          check(file, down(module), rank, module.inputs());
          check(file, up(module), module.outputs(), rank);
          unread.removeAll(List.of(down(module), up(module)));
          factors.add(
              new LoraFactors(module, rank, file.floats(down(module)), file.floats(up(module))));
        }
      }
      if (!unread.isEmpty()) {
        throw new IllegalArgumentException(
            "%s: tensor '%s' is for no linear layer of this %s"
                .formatted(safetensors, unread.iterator().next(), config.modelType()));
      }
    }
    return factors;
  }

  private void check(SafetensorsFile file, String name, long... shape) {
    TensorInfo tensor = file.tensors().get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(safetensors + ": has no tensor '" + name + "'");
    }
    if (!Arrays.equals(tensor.shape(), shape)) {
      throw new IllegalArgumentException(
          "%s: tensor '%s' has the shape %s, but the model and the rank ask for %s"
              .formatted(
                  safetensors, name, Arrays.toString(tensor.shape()), Arrays.toString(shape)));
    }
  }

  private static String down(LoraModule module) {
    return PREFIX + module.name() + ".lora_A.weight";
  }

  private static String up(LoraModule module) {
    return PREFIX + module.name() + ".lora_B.weight";
  }
}
