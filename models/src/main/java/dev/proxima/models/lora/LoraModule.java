package dev.proxima.models.lora;

import dev.proxima.models.LoraOptions;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.architecture.Architecture;
import dev.proxima.models.architecture.Architectures;
import dev.proxima.models.architecture.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A linear layer that can have an adapter.
 *
 * @param name of the module in Hugging Face's model, such as "model.layers.0.self_attn.q_proj"
 * @param layer from 0
 * @param inputs width of its input; A is [rank, inputs]
 * @param outputs width of its output; B is [outputs, rank]
 * @param transposed whether files hold its weight as [inputs, outputs]
 */
public record LoraModule(
    String name, Part part, int layer, int inputs, int outputs, boolean transposed) {

  private static final String WEIGHT = ".weight";

  /** The linear layers of a model, layer after layer, but for the output layer. */
  public static List<LoraModule> all(ModelConfig config) {
    Architecture architecture = Architectures.of(config);
    Map<Part, String> names = architecture.names(config);
    List<LoraModule> modules = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      for (Part part : Part.values()) {
        if (part.linear() && names.containsKey(part)) {
          String tensor = names.get(part).formatted(layer);
          long[] shape = part.shape(config);
          modules.add(
              new LoraModule(
                  tensor.substring(0, tensor.length() - WEIGHT.length()),
                  part,
                  layer,
                  Math.toIntExact(shape[1]),
                  Math.toIntExact(shape[0]),
                  architecture.transposed()));
        }
      }
    }
    return modules;
  }

  /**
   * Those that {@link LoraOptions#targetModules} names.
   *
   * @throws IllegalArgumentException with one line where a name fits none
   */
  public static List<LoraModule> targeted(ModelConfig config, LoraOptions options) {
    List<LoraModule> all = all(config);
    for (String target : options.targetModules()) {
      if (all.stream().noneMatch(module -> module.isNamed(target))) {
        throw new IllegalArgumentException(
            "there is no linear layer '%s' for an adapter in a %s; there are %s"
                .formatted(target, config.modelType(), String.join(", ", shortNames(all))));
      }
    }
    return options.targetModules().isEmpty()
        ? all
        : all.stream()
            .filter(module -> options.targetModules().stream().anyMatch(module::isNamed))
            .toList();
  }

  /** The last parts of the modules' names, each once. */
  private static SortedSet<String> shortNames(List<LoraModule> modules) {
    SortedSet<String> names = new TreeSet<>();
    modules.forEach(module -> names.add(module.name.substring(module.name.lastIndexOf('.') + 1)));
    return names;
  }

  /** The name of its weight in a model's files. */
  public String weight() {
    return name + WEIGHT;
  }

  /** As PEFT compares: the whole name, or its end after a dot. */
  private boolean isNamed(String target) {
    return name.equals(target) || name.endsWith("." + target);
  }
}
