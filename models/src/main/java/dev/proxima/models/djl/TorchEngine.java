package dev.proxima.models.djl;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtEngine;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.LibUtils;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.ModelEngine;
import dev.proxima.models.RewardHead;
import dev.proxima.models.RewardModel;
import dev.proxima.models.RewardTrainer;
import dev.proxima.models.Trainer;
import dev.proxima.models.TrainingHosts;
import dev.proxima.models.TrainingOptions;
import dev.proxima.models.lora.AdapterFolder;
import dev.proxima.models.lora.LoraModule;
import dev.proxima.models.safetensors.Checkpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decoders on PyTorch. */
public final class TorchEngine implements ModelEngine {

  private final Engine engine;
  private final EngineOptions options;

  private TorchEngine(Engine engine, EngineOptions options) {
    this.engine = engine;
    this.options = options;
  }

  /** As {@link EngineOptions#DEFAULT} with so many threads; see the other {@code create}. */
  public static TorchEngine create(int threads) {
    return create(EngineOptions.DEFAULT.withThreads(threads));
  }

  /**
   * Starts PyTorch, which is one for the whole process, from the native library on the class path
   * (or in {@code PYTORCH_LIBRARY_PATH}). Nothing is downloaded and nothing reported.
   *
   * @param options their number of threads is for the whole process
   */
  public static TorchEngine create(EngineOptions options) {
    System.getProperties().putIfAbsent("ai.djl.offline", "true");
    System.getProperties().putIfAbsent("OPT_OUT_TRACKING", "true");
    Engine engine = Engine.getEngine(PtEngine.ENGINE_NAME);
    // Said even where it is the default: otherwise MKL chooses anew for each product, and results
    // differ in their last bits.
    JniUtils.setNumThreads(options.threads() > 0 ? options.threads() : JniUtils.getNumThreads());
    return new TorchEngine(engine, options);
  }

  @Override
  public LanguageModel load(Path safetensors, ModelConfig config, ComputeDevice device) {
    try (Checkpoint file = Checkpoint.open(safetensors)) {
      return new TorchLanguageModel(inferring(file, safetensors, config, resolve(device)), options);
    }
  }

  /**
   * Loads frozen parameters with an adapter merged into them.
   *
   * @throws IllegalArgumentException with one line where they do not fit together
   */
  public LanguageModel load(
      Path safetensors, AdapterFolder adapter, ModelConfig config, ComputeDevice device) {
    try (Checkpoint merged = adapter.mergedInto(safetensors, config)) {
      return new TorchLanguageModel(
          inferring(merged, safetensors, config, resolve(device)), options);
    }
  }

  @Override
  public Trainer trainer(
      Path safetensors, ModelConfig config, TrainingHosts hosts, TrainingOptions training) {
    ShareHosts shares = ShareHosts.of(hosts, this::resolve);
    if (training.lora().enabled()) {
      return adapterTrainer(safetensors, config, shares, training);
    }
    return new TorchTrainer(
        TrainedDecoder.whole(
            DecoderParameters.load(
                safetensors, config, engine.newBaseManager(shares.first()), Storage.trained()),
            training),
        options,
        training,
        shares);
  }

  private Trainer adapterTrainer(
      Path safetensors, ModelConfig config, ShareHosts shares, TrainingOptions training) {
    List<LoraModule> modules = LoraModule.targeted(config, training.lora());
    Checkpoint base = Checkpoint.open(safetensors);
    try {
      DecoderParameters frozen =
          DecoderParameters.load(
              base,
              safetensors,
              config,
              engine.newBaseManager(shares.first()),
              Storage.frozen(options.precision()));
      LoraAdapters adapters =
          new LoraAdapters(frozen, base, modules, training.lora(), training.seed());
      return new TorchTrainer(
          TrainedDecoder.adapted(frozen, adapters, training), options, training, shares);
    } catch (RuntimeException e) {
      base.close();
      throw e;
    }
  }

  private DecoderParameters inferring(
      Checkpoint file, Path path, ModelConfig config, Device device) {
    return DecoderParameters.load(
        file,
        path,
        config,
        engine.newBaseManager(device),
        Storage.inference(options.precision(), device));
  }

  @Override
  public RewardModel rewardModel(Path safetensors, ModelConfig config, ComputeDevice device) {
    Device resolved = resolve(device);
    return new TorchRewardModel(
        DecoderParameters.load(
            safetensors,
            config,
            Head.REWARD,
            Optional.empty(),
            engine.newBaseManager(resolved),
            Storage.inference(options.precision(), resolved)),
        options);
  }

  @Override
  public RewardTrainer rewardTrainer(
      Path safetensors,
      ModelConfig config,
      ComputeDevice device,
      TrainingOptions training,
      RewardHead fresh) {
    return new TorchRewardTrainer(
        DecoderParameters.load(
            safetensors,
            config,
            Head.REWARD,
            Optional.of(fresh),
            engine.newBaseManager(resolve(device)),
            Storage.trained()),
        options,
        training);
  }

  @Override
  public void initialise(ModelConfig config, long seed, Path safetensors) {
    Initialiser.write(config, seed, safetensors);
  }

  /** What runs underneath. */
  public EngineInfo info() {
    List<ComputeDevice> devices = new ArrayList<>();
    devices.add(ComputeDevice.CPU);
    for (int i = 0; i < engine.getGpuCount(); i++) {
      devices.add(new ComputeDevice("cuda", i));
    }
    return new EngineInfo(
        engine.getEngineName(),
        engine.getVersion(),
        LibUtils.getLibtorchPath(),
        List.copyOf(devices),
        JniUtils.getNumThreads());
  }

  NDManager cpuManager() {
    return engine.newBaseManager(Device.cpu());
  }

  private Device resolve(ComputeDevice device) {
    if (device.equals(ComputeDevice.CPU)) {
      return Device.cpu();
    }
    int gpus = engine.getGpuCount();
    if (device.index() >= gpus) {
      throw new IllegalArgumentException(
          "there is no device "
              + device
              + ": PyTorch sees "
              + (gpus == 0 ? "no GPU; use cpu" : gpus + " GPU(s), cuda:0 to cuda:" + (gpus - 1)));
    }
    return Device.gpu(device.index());
  }
}
