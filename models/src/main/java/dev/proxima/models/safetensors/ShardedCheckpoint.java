package dev.proxima.models.safetensors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.json.JsonFile;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Several safetensors files with Hugging Face's index, {@code model.safetensors.index.json}, whose
 * {@code weight_map} says which file holds which tensor. The index has to name exactly what the
 * files hold, so that shards of different checkpoints are not taken for one.
 */
final class ShardedCheckpoint implements Checkpoint {

  static final String INDEX_SUFFIX = ".index.json";
  static final String WEIGHT_MAP = "weight_map";

  private final Path index;
  private final SortedMap<String, SafetensorsFile> shards;
  private final SortedMap<String, SafetensorsFile> homes = new TreeMap<>();
  private final SortedMap<String, TensorInfo> tensors = new TreeMap<>();

  private ShardedCheckpoint(Path index, SortedMap<String, SafetensorsFile> shards) {
    this.index = index;
    this.shards = shards;
  }

  static ShardedCheckpoint open(Path index) {
    SortedMap<String, String> weightMap = readWeightMap(index);
    ShardedCheckpoint checkpoint = new ShardedCheckpoint(index, new TreeMap<>());
    try {
      for (String file : weightMap.values()) {
        checkpoint.shards.computeIfAbsent(
            file, name -> SafetensorsFile.open(index.resolveSibling(name)));
      }
      checkpoint.assign(weightMap);
      return checkpoint;
    } catch (RuntimeException e) {
      checkpoint.close();
      throw e;
    }
  }

  @Override
  public SortedMap<String, TensorInfo> tensors() {
    return Collections.unmodifiableSortedMap(tensors);
  }

  @Override
  public Map<String, String> metadata() {
    return shards.get(shards.firstKey()).metadata();
  }

  @Override
  public FloatBuffer floats(String name, long begin, int count) {
    return home(name).floats(name, begin, count);
  }

  @Override
  public FloatBuffer floats(String name) {
    return home(name).floats(name);
  }

  @Override
  public void close() {
    shards.values().forEach(SafetensorsFile::close);
  }

  private SafetensorsFile home(String name) {
    SafetensorsFile shard = homes.get(name);
    if (shard == null) {
      throw new IllegalArgumentException(index + ": has no tensor '" + name + "'");
    }
    return shard;
  }

  private void assign(SortedMap<String, String> weightMap) {
    shards.forEach(
        (file, shard) ->
            shard
                .tensors()
                .forEach(
                    (name, tensor) -> {
                      require(
                          file.equals(weightMap.get(name)),
                          "tensor '%s' is in %s, but the index %s",
                          name,
                          file,
                          weightMap.containsKey(name)
                              ? "places it in " + weightMap.get(name)
                              : "does not name it");
                      homes.put(name, shard);
                      tensors.put(name, tensor);
                    }));
    weightMap.forEach(
        (name, file) -> require(homes.containsKey(name), "tensor '%s' is not in %s", name, file));
  }

  private static SortedMap<String, String> readWeightMap(Path index) {
    if (!(JsonFile.read(index).path(WEIGHT_MAP) instanceof ObjectNode entries)
        || entries.isEmpty()) {
      throw new IllegalArgumentException(index + ": key '" + WEIGHT_MAP + "' is not an object");
    }
    SortedMap<String, String> weightMap = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : entries.properties()) {
      String file = entry.getValue().asText();
      if (!entry.getValue().isTextual() || !file.matches("[\\w.-]+\\.safetensors")) {
        throw new IllegalArgumentException(
            "%s: tensor '%s' is not in a safetensors file of the same folder, but in %s"
                .formatted(index, entry.getKey(), entry.getValue()));
      }
      weightMap.put(entry.getKey(), file);
    }
    return weightMap;
  }

  private void require(boolean holds, String problem, Object... details) {
    if (!holds) {
      throw new IllegalArgumentException(index + ": " + problem.formatted(details));
    }
  }
}
