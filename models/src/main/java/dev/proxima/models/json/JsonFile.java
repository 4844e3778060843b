package dev.proxima.models.json;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.algorithms.text.FirstLine;
import dev.proxima.models.io.AtomicFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Files that hold one JSON object. */
public final class JsonFile {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Line feeds on every platform, so that the same object gives the same bytes. */
  private static final ObjectWriter PRETTY =
      JSON.writer(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));

  private JsonFile() {}

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException with one line that names the file, where it is missing or is
   *     not one JSON object
   * @throws UncheckedIOException when the file cannot be read
   */
  public static ObjectNode read(Path path) {
    try {
      JsonNode root = JSON.readTree(Files.readAllBytes(path));
      if (root instanceof ObjectNode object) {
        return object;
      }
      throw new IllegalArgumentException(path + ": is not a JSON object");
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(path + ": no such file", e);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          path + ": is not valid JSON" + where(e) + ": " + FirstLine.of(e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be read: " + e, e);
    }
  }

  /**
   * Writes an object, indented, its keys in its own order. The file appears complete or not at all.
   *
   * @throws UncheckedIOException when the file cannot be written
   */
  public static void write(Path path, ObjectNode object) {
    try {
      AtomicFiles.writeString(path, PRETTY.writeValueAsString(object) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be written: " + e, e);
    }
  }

  private static String where(JsonProcessingException e) {
    JsonLocation location = e.getLocation();
    return location == null
        ? ""
        : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
  }
}
