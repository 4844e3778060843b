package dev.proxima.models.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonFileTest {

  @TempDir Path folder;

  @Test
  void writesIndentedInTheObjectsOrderAndReadsBack() {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("z", "é\n").putArray("a").add(1).add(2.5);
    Path file = folder.resolve("o.json");

    JsonFile.write(file, object);

    assertThat(file).hasContent("{\n  \"z\" : \"é\\n\",\n  \"a\" : [ 1, 2.5 ]\n}\n");
    assertThat(JsonFile.read(file)).isEqualTo(object);
    assertThat(folder).isDirectoryNotContaining("glob:**.partial");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[1]|is not a JSON object",
        "``|is not a JSON object",
        "{\"a\":1} {}|is not valid JSON (line 1, column ",
        "{\"a\":1,\"a\":2}|Duplicate field 'a'",
        "{\"a\":|is not valid JSON (line 1, column ",
      })
  void whatIsNotOneObjectIsRefusedInOneLine(String content, String message) throws IOException {
    Path file = Files.writeString(folder.resolve("o.json"), content);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JsonFile.read(file))
        .withMessageStartingWith(file + ": ")
        .withMessageContaining(message)
        .withMessageNotContaining("\n");
  }
}
