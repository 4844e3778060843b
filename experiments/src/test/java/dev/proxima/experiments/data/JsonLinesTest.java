package dev.proxima.experiments.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.proxima.experiments.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonLinesTest {

  @TempDir Path folder;

  @Test
  void readsLinesInOrderAndPassesOverBlankOnes() throws IOException {
    Path file = file("\uFEFF{\"a\": 1}\n\n  \n{\"a\": 2}");

    assertThat(JsonLines.read(file, line -> line.number() + ":" + line.object().get("a")))
        .containsExactly("1:1", "4:2");
  }

  @Test
  void handsOverEachLineBeforeItReadsTheNext() throws IOException {
    Path file = file("{\"a\": 1}\n{\"a\": 2}\nnonsense\n");
    List<Integer> seen = new ArrayList<>();

    assertThatThrownBy(() -> JsonLines.forEach(file, line -> seen.add(line.number())))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(file + ":3: ");
    assertThat(seen).containsExactly(1, 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\": }", "{\"a\": 1", "{} {}", "{\"a\": 1, \"a\": 2}", "abc"})
  void namesTheLineOfMalformedJson(String bad) throws IOException {
    Path file = file("{}\n" + bad + "\n");

    assertThatThrownBy(() -> JsonLines.read(file, line -> line))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(file + ":2: malformed JSON at column ")
        .hasMessageEndingWith("; every line must be one JSON object");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "[{}]", "3", "\"text\"", "null"})
  void namesTheLineThatIsNoObject(String bad) throws IOException {
    Path file = file(bad);

    assertThatThrownBy(() -> JsonLines.read(file, line -> line))
        .isInstanceOf(UserError.class)
        .hasMessage(file + ":1: not a JSON object; every line must be one JSON object");
  }

  @Test
  void refusesAFileWithoutLines() throws IOException {
    Path file = file("\n \n");

    assertThatThrownBy(() -> JsonLines.read(file, line -> line))
        .isInstanceOf(UserError.class)
        .hasMessage(file + ": has no lines");
  }

  @Test
  void refusesWhatIsNoReadableTextFile() throws IOException {
    Path missing = folder.resolve("missing.jsonl");
    Path latin1 = Files.write(folder.resolve("latin1.jsonl"), new byte[] {'{', (byte) 0xE9, '}'});

    assertThatThrownBy(() -> JsonLines.read(missing, line -> line))
        .isInstanceOf(UserError.class)
        .hasMessage(missing + ": no such file");
    assertThatThrownBy(() -> JsonLines.read(folder, line -> line))
        .isInstanceOf(UserError.class)
        .hasMessage(folder + ": is a folder, not a JSONL file");
    assertThatThrownBy(() -> JsonLines.read(latin1, line -> line))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(latin1 + ": is not UTF-8 text");
  }

  @Test
  void writesALineForEachValueInPlaceOfTheOldFile() throws IOException {
    Path file = folder.resolve("deep/er/values.jsonl");
    JsonLines.write(file, List.of(Map.of("old", true)));
    JsonLines.write(file, List.of(Map.of("text", "two\nlines, naïve"), Map.of("n", 2)));

    assertThat(Files.readString(file)).isEqualTo("{\"text\":\"two\\nlines, naïve\"}\n{\"n\":2}\n");
    try (var files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void leavesTheOldFileWhenWritingFails() throws IOException {
    Path file = file("{\"old\": true}\n");
    Object unwritable =
        new Object() {
          @SuppressWarnings("unused")
          public String getValue() {
            throw new IllegalStateException("no value");
          }
        };

    assertThatThrownBy(() -> JsonLines.write(file, List.of(Map.of("new", true), unwritable)))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(file + ": cannot be written");
    assertThat(Files.readString(file)).isEqualTo("{\"old\": true}\n");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void saysWhereItCannotWrite() throws IOException {
    Path notAFolder = file("{}");
    Path file = notAFolder.resolve("values.jsonl");

    assertThatThrownBy(() -> JsonLines.write(file, List.of()))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(file + ": cannot be written");
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("lines.jsonl"), text);
  }
}
