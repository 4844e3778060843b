package dev.proxima.models.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.LoraOptions;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.architecture.Architectures;
import dev.proxima.models.json.JsonFile;
import dev.proxima.models.safetensors.SafetensorsFile;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders that PEFT wrote (lora.py) and what can be wrong with them. */
class AdapterFolderTest {

  private static final String CONFIG = "adapter_config.json";
  private static final String WEIGHTS = "adapter_model.safetensors";

  @TempDir Path folder;

  @BeforeEach
  void copyAFolderOfPeft() throws IOException {
    for (String name : List.of(CONFIG, WEIGHTS)) {
      Files.copy(resource("llama3").resolve(name), folder.resolve(name));
    }
  }

  @Test
  void readsRankAndScale() {
    assertThat(AdapterFolder.open(folder)).isEqualTo(new AdapterFolder(folder, 4, 2));
    // rsLoRA: 4 / sqrt(3).
    assertThat(AdapterFolder.open(resource("gpt2")).scale()).isCloseTo(2.309401, within(1e-6));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "peft_type | \"IA3\" | LORA",
        "r | 0 | a whole number above 0",
        "lora_alpha | \"x\" | a number above 0",
        "bias | \"all\" | none",
        "use_rslora | 1 | true or false",
        "use_dora | true | it off: it does plain LoRA only",
        "modules_to_save | [\"lm_head\"] | it off: it does plain LoRA only",
        "rank_pattern | {\"q_proj\":2} | it off: it does plain LoRA only",
        "alpha_pattern | {\"q_proj\":2} | it off: it does plain LoRA only",
        "trainable_token_indices | [1] | it off: it does plain LoRA only",
        "something_new | 3 | it off: it does plain LoRA only",
        "init_lora_weights | \"pissa\" | one of eva, false, gaussian, orthogonal, true, which leave"
            + " the base model as it is",
      })
  void refusesWhatItDoesNotDo(String key, String value, String needed) throws IOException {
    Path file = folder.resolve(CONFIG);
    ObjectNode json = JsonFile.read(file);
    json.remove(key);
    String text = json.toString();
    Files.writeString(
        file, text.substring(0, text.length() - 1) + ",\"" + key + "\":" + value + "}");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> AdapterFolder.open(folder))
        .withMessage(file + ": key '" + key + "' cannot be " + value + "; Proxima needs " + needed);
  }

  @Test
  void namesAMissingKeyFileOrFolder() throws IOException {
    Path file = folder.resolve(CONFIG);
    ObjectNode json = JsonFile.read(file);
    JsonFile.write(file, (ObjectNode) json.deepCopy().without("r"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AdapterFolder.open(folder))
        .withMessage(file + ": key 'r' is missing");
    JsonFile.write(file, json);
    Files.delete(folder.resolve(WEIGHTS));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AdapterFolder.open(folder))
        .withMessage(folder.resolve(WEIGHTS) + ": no such file");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AdapterFolder.open(folder.resolve("none")))
        .withMessage(folder.resolve("none") + ": no such adapter folder");
  }

  @Test
  void namesTheTensorThatDoesNotFitTheModel() throws IOException {
    ModelConfig llama = model("llama3");
    Path file = folder.resolve(WEIGHTS);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AdapterFolder.open(folder).factors(model("gpt2")))
        .withMessage(
            file
                + ": tensor 'base_model.model.model.layers.0.mlp.down_proj.lora_A.weight' is for no"
                + " linear layer of this gpt2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AdapterFolder(folder, 3, 1).factors(llama))
        .withMessage(
            file
                + ": tensor 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight' has the"
                + " shape [4, 16], but the model and the rank ask for [3, 16]");
    // The names lie in the header as text.
    byte[] bytes = Files.readAllBytes(file);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    String renamed = text.replace("0.self_attn.q_proj.lora_B", "9.self_attn.q_proj.lora_B");
    Files.write(file, renamed.getBytes(StandardCharsets.ISO_8859_1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AdapterFolder.open(folder).factors(llama))
        .withMessage(
            file
                + ": has no tensor 'base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight'");
  }

  /** A copy is the same adapter, and says of which model. */
  @Test
  void copiesWithTheBasesName() throws IOException {
    Path copy = folder.resolve("a/copy");
    AdapterFolder.open(folder).copyTo(copy, "some/model");

    assertThat(copy.resolve(WEIGHTS)).hasSameBinaryContentAs(folder.resolve(WEIGHTS));
    ObjectNode ours = JsonFile.read(copy.resolve(CONFIG));
    ObjectNode theirs = JsonFile.read(folder.resolve(CONFIG));
    assertThat(ours.remove("base_model_name_or_path").textValue()).isEqualTo("some/model");
    theirs.remove("base_model_name_or_path");
    assertThat((Object) ours).isEqualTo(theirs);
  }

  @Test
  void targetsAreWholeNamesOrTheirEnds() {
    ModelConfig gpt2 = model("gpt2");
    assertThat(LoraModule.targeted(gpt2, targets("c_proj")))
        .extracting(LoraModule::name)
        .containsExactly(
            "transformer.h.0.attn.c_proj",
            "transformer.h.0.mlp.c_proj",
            "transformer.h.1.attn.c_proj",
            "transformer.h.1.mlp.c_proj");
    assertThat(LoraModule.targeted(gpt2, targets("h.1.mlp.c_fc")))
        .extracting(LoraModule::name)
        .containsExactly("transformer.h.1.mlp.c_fc");
    assertThat(LoraModule.targeted(gpt2, targets())).hasSize(8);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LoraModule.targeted(gpt2, targets("c_fc", "proj")))
        .withMessage(
            "there is no linear layer 'proj' for an adapter in a gpt2; there are c_attn, c_fc,"
                + " c_proj");
  }

  /**
   * W + scale B A element by element in double precision; asked for in parts that begin and end
   * within rows, and of a transposed file.
   */
  @ParameterizedTest
  @CsvSource({
    "llama3, model.layers.1.self_attn.v_proj",
    "llama3, model.layers.0.mlp.down_proj",
    "gpt2, transformer.h.1.attn.c_attn"
  })
  void mergesPartByPart(String name, String module) {
    Path base = resource("../architectures/" + name).resolve("model.safetensors");
    AdapterFolder adapter = AdapterFolder.open(resource(name));
    String weight = module + ".weight";
    try (SafetensorsFile plain = SafetensorsFile.open(base);
        SafetensorsFile factors = SafetensorsFile.open(adapter.path().resolve(WEIGHTS));
        MergedCheckpoint merged = (MergedCheckpoint) adapter.mergedInto(base, model(name))) {
      FloatBuffer a = factors.floats("base_model.model." + module + ".lora_A.weight");
      FloatBuffer b = factors.floats("base_model.model." + module + ".lora_B.weight");
      int inputs = a.limit() / adapter.rank();
      int outputs = b.limit() / adapter.rank();
      FloatBuffer before = plain.floats(weight);
      double[] expected = new double[before.limit()];
      for (int i = 0; i < expected.length; i++) {
        int output = name.equals("gpt2") ? i % outputs : i / inputs;
        int input = name.equals("gpt2") ? i / outputs : i % inputs;
        double product = 0;
        for (int k = 0; k < adapter.rank(); k++) {
          product += (double) b.get(output * adapter.rank() + k) * a.get(k * inputs + input);
        }
        expected[i] = before.get(i) + adapter.scale() * product;
      }
      FloatBuffer whole = merged.floats(weight);
      for (int i = 0; i < expected.length; i++) {
        assertThat((double) whole.get(i)).isCloseTo(expected[i], within(1e-6));
      }
      for (int begin : new int[] {0, 5, 16, 100}) {
        for (int count : new int[] {1, 3, 16, 28}) {
          assertThat(merged.floats(weight, begin, count)).isEqualTo(whole.slice(begin, count));
        }
      }
      String other = plain.tensors().firstKey();
      assertThat(merged.floats(other)).isEqualTo(plain.floats(other));
    }
  }

  private static LoraOptions targets(String... names) {
    return new LoraOptions(2, 4, 0, List.of(names), false);
  }

  private static ModelConfig model(String name) {
    return Architectures.read(resource("../architectures/" + name).resolve("config.json"));
  }

  private static Path resource(String folder) {
    try {
      return Path.of(AdapterFolderTest.class.getResource(folder).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
