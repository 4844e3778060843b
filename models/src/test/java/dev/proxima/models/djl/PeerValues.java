package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.proxima.models.TokenPair;
import dev.proxima.models.TokenSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What architectures.py and lora.py write of a step of DPO. */
final class PeerValues {

  private PeerValues() {}

  /** The pairs of the step. */
  static List<TokenPair> pairs(JsonNode expected) {
    List<TokenPair> pairs = new ArrayList<>();
    for (JsonNode pair : expected.get("pairs")) {
      int[] prompt = Fixtures.ints(pair.get("prompt"));
      pairs.add(
          new TokenPair(
              TokenSequence.of(prompt, Fixtures.ints(pair.get("chosen"))),
              TokenSequence.of(prompt, Fixtures.ints(pair.get("rejected"))),
              pair.get("reference").get(0).doubleValue(),
              pair.get("reference").get(1).doubleValue()));
    }
    return pairs;
  }

  /**
   * Compares gradients by name.
   *
   * @param expected of each its norm and its projections on cos(i) and sin(i)
   */
  static void assertGradients(Map<String, float[]> gradients, JsonNode expected) {
    assertThat(gradients.keySet()).containsExactlyInAnyOrderElementsOf(expected::fieldNames);
    gradients.forEach(
        (name, gradient) -> {
          double[] summary = new double[3];
          for (int i = 0; i < gradient.length; i++) {
            summary[0] += (double) gradient[i] * gradient[i];
            summary[1] += gradient[i] * Math.cos(i);
            summary[2] += gradient[i] * Math.sin(i);
          }
          summary[0] = Math.sqrt(summary[0]);
          double norm = expected.get(name).get(0).doubleValue();
          for (int k = 0; k < 3; k++) {
            assertThat(summary[k])
                .as("%s, %d", name, k)
                .isCloseTo(expected.get(name).get(k).doubleValue(), within(1e-4 * norm + 1e-7));
          }
        });
  }
}
