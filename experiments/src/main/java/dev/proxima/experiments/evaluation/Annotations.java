package dev.proxima.experiments.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.proxima.algorithms.evaluation.Judgement;
import dev.proxima.experiments.UserError;
import dev.proxima.experiments.data.JsonLine;
import dev.proxima.experiments.data.JsonLines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A file of judgements in the fields of AlpacaEval. */
final class Annotations {

  private Annotations() {}

  /**
   * The judgements by model, models in the file's order. A line holds {@code model}; {@code
   * preference}, from 1 (the baseline's response is better) to 2 (the model's), 0 for a tie, null
   * where the judge gave none, which is left out; and, where known, {@code instruction_index},
   * {@code baseline_length}, {@code model_length} and {@code instruction_difficulty}.
   *
   * @throws UserError one line that names file and line
   */
  static Map<String, List<Judgement>> read(Path file) {
    Map<String, List<Judgement>> models = new LinkedHashMap<>();
    JsonLines.forEach(
        file,
        line -> {
          JsonNode model = line.object().path("model");
          if (!model.isTextual()) {
            throw line.error("'model' must be a string");
          }
          List<Judgement> judgements =
              models.computeIfAbsent(model.textValue(), name -> new ArrayList<>());
          if (line.has("preference")) {
            judgements.add(judgement(line, judgements.size()));
          }
        });
    models.forEach(
        (model, judgements) -> {
          if (judgements.isEmpty()) {
            throw new UserError(file + ": no line of model '" + model + "' has a preference");
          }
        });
    return models;
  }

  private static Judgement judgement(JsonLine line, int number) {
    double preference = number(line, "preference");
    if (preference == 0) {
      preference = 1.5;
    }
    if (!(preference >= 1 && preference <= 2)) {
      throw line.error("'preference' must be from 1 to 2, or 0 for a tie, not " + preference);
    }
    double lengths = number(line, "baseline_length") - number(line, "model_length");
    double instruction = number(line, "instruction_index");
    return new Judgement(
        Double.isNaN(instruction) ? number : (int) instruction,
        preference - 1,
        lengths,
        number(line, "instruction_difficulty"));
  }

  /** NaN where the field is missing or null. */
  private static double number(JsonLine line, String field) {
    if (!line.has(field)) {
      return Double.NaN;
    }
    JsonNode value = line.object().get(field);
    if (!value.isNumber()) {
      throw line.error("'" + field + "' must be a number");
    }
    return value.doubleValue();
  }
}
