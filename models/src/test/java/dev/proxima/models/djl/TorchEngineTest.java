package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.proxima.models.ComputeDevice;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.safetensors.SafetensorsFile;
import dev.proxima.models.safetensors.SafetensorsWriter;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchEngineTest {

  private static final TorchEngine ENGINE = Fixtures.ENGINE;

  @TempDir Path folder;

  @Test
  void saysWhatRunsUnderneath() {
    EngineInfo info = ENGINE.info();
    assertThat(info.name()).isEqualTo("PyTorch");
    assertThat(info.version()).matches("\\d+\\.\\d+\\.\\d+.*");
    assertThat(info.devices()).startsWith(ComputeDevice.CPU);
    assertThat(info.threads()).isEqualTo(1);
    assertThat(Path.of(info.library())).isDirectory();
  }

  @Test
  void aGpuThatIsNotThereIsNamed() {
    ComputeDevice absent = new ComputeDevice("cuda", ENGINE.info().devices().size() - 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ENGINE.load(Fixtures.path("tied.safetensors"), Fixtures.TINY, absent))
        .withMessageStartingWith("there is no device " + absent + ": PyTorch sees ");
  }

  @Test
  void initialParametersFollowTheSeedAndTheStatedSpread() {
    ModelConfig config = ModelConfig.llama(512, 64, 128, 2, 4, 2, 64, 1e-5, 10000, false, 0, 1, 2);
    Path first = folder.resolve("first");
    Path again = folder.resolve("again");
    Path other = folder.resolve("other");
    ENGINE.initialise(config, 5, first);
    ENGINE.initialise(config, 5, again);
    ENGINE.initialise(config, 6, other);

    assertThat(again).hasSameBinaryContentAs(first);
    try (SafetensorsFile file = SafetensorsFile.open(first);
        SafetensorsFile otherFile = SafetensorsFile.open(other)) {
      assertThat(otherFile.floats("lm_head.weight")).isNotEqualTo(file.floats("lm_head.weight"));
      assertThat(deviation(file, "model.embed_tokens.weight")).isCloseTo(0.02, within(0.0005));
      assertThat(deviation(file, "model.layers.1.mlp.up_proj.weight"))
          .isCloseTo(0.02, within(0.001));
      // 0.02 / sqrt(2 * 2 layers)
      assertThat(deviation(file, "model.layers.1.self_attn.o_proj.weight"))
          .isCloseTo(0.01, within(0.0005));
      assertThat(deviation(file, "model.layers.0.mlp.down_proj.weight"))
          .isCloseTo(0.01, within(0.0005));
      FloatBuffer norm = file.floats("model.norm.weight");
      for (int i = 0; i < norm.limit(); i++) {
        assertThat(norm.get(i)).isEqualTo(1);
      }
    }
    ENGINE.load(first, config, ComputeDevice.CPU).close();
  }

  @Test
  void aFileThatDoesNotFitTheConfigurationIsRefused() {
    SortedMap<String, long[]> shapes = new TensorNames(Fixtures.TINY).shapes();
    String name = "model.layers.0.mlp.up_proj.weight";
    refuses(without(shapes, name), "has no tensor '" + name + "', which config.json asks for");
    refuses(
        with(shapes, name, 40, 25),
        "tensor '" + name + "' has the shape [40, 25], but config.json asks for [40, 24]");
    refuses(
        with(shapes, "model.layers.0.self_attn.q_proj.bias", 24),
        "tensor 'model.layers.0.self_attn.q_proj.bias' has no place in this architecture");
  }

  private void refuses(SortedMap<String, long[]> shapes, String message) {
    Path file = folder.resolve("wrong");
    SafetensorsWriter.write(
        file,
        shapes,
        tensor -> {
          int size = 1;
          for (long extent : shapes.get(tensor)) {
            size *= (int) extent;
          }
          return FloatBuffer.allocate(size);
        },
        Map.of());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ENGINE.load(file, Fixtures.TINY, ComputeDevice.CPU))
        .withMessage(file + ": " + message);
  }

  private static SortedMap<String, long[]> without(SortedMap<String, long[]> shapes, String name) {
    SortedMap<String, long[]> changed = new TreeMap<>(shapes);
    changed.remove(name);
    return changed;
  }

  private static SortedMap<String, long[]> with(
      SortedMap<String, long[]> shapes, String name, long... shape) {
    SortedMap<String, long[]> changed = new TreeMap<>(shapes);
    changed.put(name, shape);
    return changed;
  }

  private static double deviation(SafetensorsFile file, String name) {
    FloatBuffer values = file.floats(name);
    double squares = 0;
    for (int i = 0; i < values.limit(); i++) {
      squares += (double) values.get(i) * values.get(i);
    }
    return Math.sqrt(squares / values.limit());
  }
}
