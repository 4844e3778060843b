package dev.proxima.models.lora;

import dev.proxima.models.LoraOptions;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.io.AtomicFiles;
import dev.proxima.models.safetensors.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * An adapter in the layout of Hugging Face's PEFT: {@code adapter_config.json} and {@code
 * adapter_model.safetensors}. Which modules it adapts is what its tensors say.
 *
 * @param rank of each module's adapter, at least 1
 * @param scale what B A is multiplied by
 */
public record AdapterFolder(Path path, int rank, double scale) {

  private static final String WEIGHTS = "adapter_model.safetensors";

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
    new AdapterWeights(folder.resolve(WEIGHTS)).write(factors);
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
    return new AdapterWeights(path.resolve(WEIGHTS)).factors(config, rank);
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
}
