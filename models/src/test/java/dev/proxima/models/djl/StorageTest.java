package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.Precision;
import dev.proxima.models.TokenSequence;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageTest {

  /** Wide enough that all its linear layers and its tied output layer are blocked. */
  private static final ModelConfig WIDE =
      ModelConfig.llama(512, 512, 512, 2, 8, 8, 64, 1e-5, 10000, true, 0, 1, 2);

  @Test
  void blockedWeightsSayWhatPlainOnesSay(@TempDir Path folder) {
    Path file = folder.resolve("wide.safetensors");
    Fixtures.ENGINE.initialise(WIDE, 17, file);
    Random random = new Random(3);
    List<TokenSequence> sequences =
        IntStream.range(0, 40)
            .mapToObj(i -> new TokenSequence(random.ints(3 + i, 3, 512).toArray(), 1 + i % 3))
            .toList();

    double[][] plain = logps(file, Storage.trained(), sequences);
    double[][] blocked = logps(file, Storage.inference(Precision.FLOAT32, Device.cpu()), sequences);

    for (int i = 0; i < plain.length; i++) {
      for (int t = 0; t < plain[i].length; t++) {
        assertThat(blocked[i][t]).isCloseTo(plain[i][t], within(1e-5));
      }
    }
  }

  @Test
  void onlyLargeWeightsAreBlocked(@TempDir Path folder) {
    Path file = folder.resolve("wide.safetensors");
    Fixtures.ENGINE.initialise(WIDE, 17, file);
    try (DecoderParameters wide = inferring(file, WIDE);
        DecoderParameters tiny = inferring(Fixtures.path("tied.safetensors"), Fixtures.TINY)) {
      assertThat(wide.head()[2]).isNotSameAs(wide.embedding());
      assertThat(tiny.head()[2]).isSameAs(tiny.embedding());
    }
  }

  private static DecoderParameters inferring(Path file, ModelConfig config) {
    return DecoderParameters.load(
        file,
        config,
        Fixtures.ENGINE.cpuManager(),
        Storage.inference(Precision.FLOAT32, Device.cpu()));
  }

  private static double[][] logps(Path file, Storage storage, List<TokenSequence> sequences) {
    try (TorchLanguageModel model =
        new TorchLanguageModel(
            DecoderParameters.load(file, WIDE, Fixtures.ENGINE.cpuManager(), storage),
            EngineOptions.DEFAULT)) {
      return model.tokenLogps(sequences, () -> {});
    }
  }
}
