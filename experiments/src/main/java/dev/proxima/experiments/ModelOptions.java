package dev.proxima.experiments;

import dev.proxima.models.ComputeDevice;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.ModelFolder;
import dev.proxima.models.Precision;
import dev.proxima.models.RewardModel;
import dev.proxima.models.djl.TorchEngine;
import dev.proxima.models.lora.AdapterFolder;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which model a command uses and how it is computed. */
final class ModelOptions {

  @Option(names = "--model", paramLabel = "DIR", required = true, description = "A model folder.")
  private Path folder;

  @Option(
      names = "--adapter",
      paramLabel = "DIR",
      description = "A LoRA adapter in PEFT's layout, to be merged into the model.")
  private Path adapter;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "cpu",
      converter = DeviceName.class,
      description = "cpu (where nothing is said) or cuda:N.")
  private ComputeDevice device;

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      defaultValue = "float32",
      description = "float32 (where nothing is said) or bfloat16.")
  private Precision precision;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Threads of one operation; 0 for all cores.")
  private int threads;

  /**
   * Opens the folder.
   *
   * @throws IllegalArgumentException one line that names the file
   */
  ModelFolder open() {
    return ModelFolder.open(folder);
  }

  /**
   * Loads the folder's parameters.
   *
   * @throws IllegalArgumentException one line that names the file
   */
  LanguageModel load(ModelFolder opened) {
    TorchEngine engine = engine();
    return adapter == null
        ? engine.load(opened.parameters(), opened.config(), device)
        : engine.load(opened.parameters(), AdapterFolder.open(adapter), opened.config(), device);
  }

  /** Loads the folder's parameters as a reward model. */
  RewardModel loadRewardModel(ModelFolder opened) {
    return engine().rewardModel(opened.parameters(), opened.config(), device);
  }

  private TorchEngine engine() {
    EngineOptions defaults = EngineOptions.DEFAULT;
    return TorchEngine.create(new EngineOptions(threads, precision, false, defaults.cacheBytes()));
  }

  private static final class DeviceName implements ITypeConverter<ComputeDevice> {
    @Override
    public ComputeDevice convert(String value) {
      try {
        return ComputeDevice.parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
