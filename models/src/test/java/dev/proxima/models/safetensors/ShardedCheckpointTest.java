package dev.proxima.models.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.json.JsonFile;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardedCheckpointTest {

  /** 8, 16, 4 and 12 bytes. */
  private static final SortedMap<String, long[]> SHAPES =
      new TreeMap<>(
          Map.of(
              "a", new long[] {2},
              "b", new long[] {2, 2},
              "c", new long[0],
              "d", new long[] {3}));

  @TempDir Path folder;

  @Test
  void shardsAreFilledInOrderUpToTheLimit() {
    Path index = write(24);

    assertThat(folder)
        .isDirectoryContaining("glob:**/m-00001-of-00002.safetensors")
        .isDirectoryContaining("glob:**/m-00002-of-00002.safetensors");
    ObjectNode written = JsonFile.read(index);
    assertThat(index).hasFileName("m.safetensors.index.json");
    assertThat(written.at("/metadata/total_size").asInt()).isEqualTo(40);
    assertThat(written.path("weight_map").toString())
        .isEqualTo(
            "{'a':'m-00001-of-00002.safetensors','b':'m-00001-of-00002.safetensors',"
                    .replace('\'', '"')
                + "'c':'m-00002-of-00002.safetensors','d':'m-00002-of-00002.safetensors'}"
                    .replace('\'', '"'));
    try (Checkpoint read = Checkpoint.open(index)) {
      assertThat(read.tensors().keySet()).containsExactly("a", "b", "c", "d");
      assertThat(read.metadata()).containsExactly(Map.entry("format", "pt"));
      SHAPES.forEach((name, shape) -> assertThat(read.floats(name)).isEqualTo(values(name)));
      assertThat(read.floats("d", 1, 2)).isEqualTo(values("d").slice(1, 2));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> read.floats("q"))
          .withMessage(index + ": has no tensor 'q'");
    }
  }

  @Test
  void whatFitsIsOneFileAndTooLargeATensorIsAlone() throws IOException {
    assertThat(write(40)).hasFileName("m.safetensors");
    assertThat(folder).isDirectoryNotContaining("glob:**.json");
    Files.delete(folder.resolve("m.safetensors"));

    try (Checkpoint read = Checkpoint.open(write(4))) {
      assertThat(read.tensors()).hasSize(4);
    }
    assertThat(folder).isDirectoryContaining("glob:**/m-00004-of-00004.safetensors");
  }

  @Test
  void shardsAverageAsOneFileDoes() {
    Path sharded = write(12);
    Path whole = write(40);
    Path mean = folder.resolve("mean.safetensors");
    ParameterArithmetic.average(List.of(sharded, whole), mean);
    assertThat(mean).hasSameBinaryContentAs(whole);
  }

  @Test
  void anIndexThatDisagreesWithItsShardsIsRefused() throws IOException {
    Path index = write(24);
    String first = "m-00001-of-00002.safetensors";
    String second = "m-00002-of-00002.safetensors";
    assertRefused(index, "a", second, "tensor 'a' is in " + first + ", but the index places it in");
    assertRefused(index, "e", second, "tensor 'e' is not in " + second);
    assertRefused(index, "a", null, "tensor 'a' is in " + first + ", but the index does not name");
    assertRefused(index, "a", "../" + first, "tensor 'a' is not in a safetensors file of the same");
    assertRefused(index, "a", "/etc/passwd", "tensor 'a' is not in a safetensors file of the same");
    Files.copy(folder.resolve(first), folder.resolve("copy.safetensors"));
    assertRefused(index, "e", "copy.safetensors", "tensor 'a' is in copy.safetensors, but");
    Files.delete(folder.resolve(second));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Checkpoint.open(index))
        .withMessage(folder.resolve(second) + ": no such file");
    Files.writeString(index, "{}");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Checkpoint.open(index))
        .withMessage(index + ": key 'weight_map' is not an object");
  }

  private void assertRefused(Path index, String tensor, String file, String message) {
    ObjectNode good = JsonFile.read(index);
    ObjectNode bad = good.deepCopy();
    ObjectNode map = (ObjectNode) bad.path("weight_map");
    if (file == null) {
      map.remove(tensor);
    } else {
      map.put(tensor, file);
    }
    JsonFile.write(index, bad);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Checkpoint.open(index))
        .withMessageStartingWith(index + ": ")
        .withMessageContaining(message)
        .withMessageNotContaining("\n");
    JsonFile.write(index, good);
  }

  private Path write(long shardBytes) {
    return SafetensorsWriter.writeShards(
        folder,
        "m",
        SHAPES,
        (name, parts) -> parts.accept(values(name)),
        Map.of("format", "pt"),
        shardBytes);
  }

  private static FloatBuffer values(String name) {
    FloatBuffer values = FloatBuffer.allocate((int) TensorInfo.elements(SHAPES.get(name)));
    for (int i = 0; i < values.limit(); i++) {
      values.put(i, name.charAt(0) + i / 8f);
    }
    return values;
  }
}
