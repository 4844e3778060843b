package dev.proxima.actors.artifacts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** JSON and JSONL artefacts: the same values always become the same bytes. */
public final class JsonArtifacts {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .addModule(new OuterLoopModule())
          .build();

  private JsonArtifacts() {}

  /** Stores one line of JSON per element. */
  public static ArtifactId writeLines(ArtifactStore store, List<?> lines) {
    return store.write(
        path -> {
          try (SequenceWriter writer =
              JSON.writer().withRootValueSeparator("\n").writeValues(path.toFile())) {
            writer.writeAll(lines);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  public static <T> List<T> readLines(ArtifactStore store, ArtifactId id, Class<T> type) {
    try (MappingIterator<T> lines = JSON.readerFor(type).readValues(store.read(id).toFile())) {
      return lines.readAll();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The lines of several artefacts, in order. */
  public static <T> List<T> readLines(ArtifactStore store, List<ArtifactId> ids, Class<T> type) {
    return ids.stream().flatMap(id -> readLines(store, id, type).stream()).toList();
  }

  public static ArtifactId write(ArtifactStore store, Object value) {
    return writeLines(store, List.of(value));
  }

  /** The name that {@code value} gets when it is written. */
  public static ArtifactId idOf(Object value) {
    try {
      return ArtifactId.of(JSON.writeValueAsBytes(value));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All artefacts that a value names, at whatever depth: each is a text of its JSON. */
  public static Set<ArtifactId> namedBy(Object value) {
    Set<ArtifactId> named = new HashSet<>();
    collectNames(JSON.valueToTree(value), named);
    return named;
  }

  private static void collectNames(JsonNode node, Set<ArtifactId> named) {
    if (node.isTextual()) {
      ArtifactId.parse(node.textValue()).ifPresent(named::add);
    }
    node.forEach(inner -> collectNames(inner, named));
  }

  public static <T> T read(ArtifactStore store, ArtifactId id, TypeReference<T> type) {
    try {
      return JSON.readValue(store.read(id).toFile(), type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
