package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.SampledResponse;
import dev.proxima.models.SamplingOptions;
import dev.proxima.models.TokenSequence;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against Hugging Face's LlamaForCausalLM; make_fixtures.py wrote the expected values. */
class LlamaParityTest {

  @ParameterizedTest
  @ValueSource(strings = {"tied", "untied"})
  void logProbabilitiesAgreeWithHuggingFace(String name) {
    JsonNode fixture = Fixtures.json(name + ".json");
    List<TokenSequence> sequences = new ArrayList<>();
    for (JsonNode sequence : fixture.get("sequences")) {
      sequences.add(
          new TokenSequence(
              Fixtures.ints(sequence.get("tokens")), sequence.get("promptLength").intValue()));
    }
    try (LanguageModel model = load(name, fixture)) {
      double[] logps = model.logps(sequences);
      for (int i = 0; i < logps.length; i++) {
        assertThat(logps[i] / sequences.get(i).responseLength())
            .isCloseTo(
                fixture.get("sequences").get(i).get("logp").doubleValue()
                    / sequences.get(i).responseLength(),
                within(1e-5));
      }
    }
  }

  /** A temperature near 0 makes the most probable token certain. */
  @ParameterizedTest
  @ValueSource(strings = {"tied", "untied"})
  void greedyResponsesAgreeWithHuggingFace(String name) {
    JsonNode fixture = Fixtures.json(name + ".json");
    List<int[]> prompts = new ArrayList<>();
    fixture.get("greedy").forEach(node -> prompts.add(Fixtures.ints(node.get("prompt"))));
    try (LanguageModel model = load(name, fixture)) {
      List<List<SampledResponse>> responses =
          model.generate(prompts, new SamplingOptions(1, 1e-6, 1, 12), (p, r, t) -> 0.5);
      for (int i = 0; i < prompts.size(); i++) {
        assertThat(responses.get(i).get(0).tokens())
            .containsExactly(Fixtures.ints(fixture.get("greedy").get(i).get("response")));
      }
    }
  }

  private static LanguageModel load(String name, JsonNode fixture) {
    JsonNode shape = fixture.get("config");
    ModelConfig config =
        ModelConfig.llama(
            shape.get("vocab_size").intValue(),
            shape.get("hidden_size").intValue(),
            shape.get("intermediate_size").intValue(),
            shape.get("num_hidden_layers").intValue(),
            shape.get("num_attention_heads").intValue(),
            shape.get("num_key_value_heads").intValue(),
            shape.get("max_position_embeddings").intValue(),
            shape.get("rms_norm_eps").doubleValue(),
            shape.get("rope_theta").doubleValue(),
            shape.get("tie_word_embeddings").booleanValue(),
            0,
            1,
            2);
    return Fixtures.ENGINE.load(Fixtures.path(name + ".safetensors"), config, ComputeDevice.CPU);
  }
}
