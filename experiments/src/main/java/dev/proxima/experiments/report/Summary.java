package dev.proxima.experiments.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.actors.run.PolicyEvaluation.Policy;
import dev.proxima.algorithms.evaluation.Estimate;
import dev.proxima.experiments.report.RunResult.Method;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.SortedMap;

/**
 * The machine-readable outcome, {@code summary.json}: per method and iteration (0 is the supervised
 * fine-tuned model) the scores of the proximal and the extrapolated policy, which is the next
 * reference: theta_t = thetahat_t + alpha (thetahat_t - anchor) with the iteration's {@code alpha},
 * below 0 for a moving average, and the method's {@code reference} as a label. Each metric {@code
 * X} is a plain number with {@code X_standard_error} beside it; {@code evaluation_prompts} is the
 * number of held-out prompts. A policy that was not evaluated is left out, and a number that is not
 * finite is null.
 */
public final class Summary {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Summary() {}

  /** The summary as a tree; its keys are in a fixed order. */
  public static ObjectNode of(RunResult result) {
    Outcomes outcomes = new Outcomes(result);
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("name", result.name());
    root.put("seed", result.seed());
    ObjectNode methods = root.putObject("methods");
    for (Method method : result.methods()) {
      ObjectNode node = methods.putObject(method.name());
      node.put("reference", method.reference().toString());
      addIterations(node.putArray("iterations"), outcomes, method);
    }
    return root;
  }

  /** The summary as indented JSON text that ends with a newline. */
  public static String json(RunResult result) {
    // Not the platform's line separator: the same run gives the same bytes everywhere.
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
    try {
      return MAPPER.writer(printer).writeValueAsString(of(result)) + "\n";
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void addIterations(ArrayNode iterations, Outcomes outcomes, Method method) {
    for (int iteration : outcomes.iterations(method)) {
      ObjectNode node = iterations.addObject();
      node.put("iteration", iteration);
      if (iteration > 0) {
        node.put("alpha", method.alphas().get(iteration - 1));
      }
      for (Policy policy : Policy.values()) {
        SortedMap<String, Estimate> scores = outcomes.scores(method, iteration, policy);
        if (!scores.isEmpty()) {
          addScores(node.putObject(policy.name().toLowerCase(Locale.ROOT)), scores);
        }
      }
    }
  }

  private static void addScores(ObjectNode node, SortedMap<String, Estimate> scores) {
    int prompts = 0;
    for (var score : scores.entrySet()) {
      putNumber(node, score.getKey(), score.getValue().mean());
      putNumber(node, score.getKey() + "_standard_error", score.getValue().standardError());
      prompts = Math.max(prompts, score.getValue().count());
    }
    node.put("evaluation_prompts", prompts);
  }

  private static void putNumber(ObjectNode node, String key, double value) {
    if (Double.isFinite(value)) {
      node.put(key, value);
    } else {
      node.putNull(key);
    }
  }
}
