package dev.proxima.experiments.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.experiments.UserError;
import dev.proxima.models.io.AtomicFiles;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** Files with one JSON object a line, in UTF-8. */
public final class JsonLines {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static final String RULE = "every line must be one JSON object";
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private JsonLines() {}

  /**
   * Hands every line to {@code consumer}, in order and one at a time. Blank lines are passed over.
   *
   * @throws UserError with the file, and where it applies the line, if the file is missing,
   *     unreadable, not UTF-8, without any line, or if a line is not a JSON object
   */
  public static void forEach(Path file, Consumer<JsonLine> consumer) {
    if (Files.isDirectory(file)) {
      throw new UserError(file + ": is a folder, not a JSONL file");
    }
    int number = 0;
    boolean empty = true;
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        number++;
        String text = number == 1 ? withoutByteOrderMark(line) : line;
        if (!text.isBlank()) {
          consumer.accept(new JsonLine(file, number, parse(file, number, text)));
          empty = false;
        }
      }
    } catch (NoSuchFileException e) {
      throw new UserError(file + ": no such file", e);
    } catch (AccessDeniedException e) {
      throw new UserError(file + ": may not be read; check its permissions", e);
    } catch (CharacterCodingException e) {
      throw new UserError(file + ": is not UTF-8 text, somewhere after line " + number, e);
    } catch (IOException e) {
      throw new UserError(file + ": cannot be read: " + e.getMessage(), e);
    }
    if (empty) {
      throw new UserError(file + ": has no lines");
    }
  }

  /** Every line, read by {@code reader}; errors as in {@link #forEach}. */
  public static <T> List<T> read(Path file, Function<JsonLine, T> reader) {
    List<T> values = new ArrayList<>();
    forEach(file, line -> values.add(reader.apply(line)));
    return values;
  }

  /**
   * Writes one line for each value, beside the file, and renames it into place, so that nobody sees
   * half of it. Folders on the way are made.
   *
   * @throws UserError if the file cannot be written
   */
  public static void write(Path file, Iterable<?> values) {
    Path target = file.toAbsolutePath();
    try {
      Files.createDirectories(target.getParent());
      AtomicFiles.write(target, partial -> writeLines(partial, values));
    } catch (IOException e) {
      throw new UserError(file + ": cannot be written: " + e.getMessage(), e);
    }
  }

  private static void writeLines(Path file, Iterable<?> values) throws IOException {
    try (BufferedWriter writer = Files.newBufferedWriter(file)) {
      for (Object value : values) {
        writer.write(JSON.writeValueAsString(value));
        writer.write('\n');
      }
    }
  }

  private static ObjectNode parse(Path file, int number, String text) {
    JsonNode node;
    try {
      node = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      int column = e.getLocation() == null ? 1 : e.getLocation().getColumnNr();
      throw new UserError(
          file + ":" + number + ": malformed JSON at column " + column + "; " + RULE, e);
    }
    if (!(node instanceof ObjectNode object)) {
      throw new UserError(file + ":" + number + ": not a JSON object; " + RULE);
    }
    return object;
  }

  private static String withoutByteOrderMark(String line) {
    return line.startsWith(BYTE_ORDER_MARK) ? line.substring(1) : line;
  }
}
