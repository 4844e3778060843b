package dev.proxima.experiments.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.proxima.algorithms.evaluation.Judgement;
import dev.proxima.experiments.UserError;
import dev.proxima.experiments.data.JsonLine;
import dev.proxima.experiments.data.JsonLines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A file of judgements in the fields of AlpacaEval. */
final class Annotations {

  private Annotations() {}

  /**
   * The judgements by model, models in the file's order. A line holds {@code model}; {@code
   * preference}, from 1 (the baseline's response is better) to 2 (the model's), 0 for a tie, null
   * where the judge gave none, which is left out; and, where known, {@code instruction_index} (else
   * the line's place among its model's, from 0), {@code baseline_length}, {@code model_length} and
   * {@code instruction_difficulty}. A model is judged once on an instruction.
   *
   * @throws UserError one line that names file and line
   */
  static Map<String, List<Judgement>> read(Path file) {
    Map<String, List<Judgement>> models = new LinkedHashMap<>();
    Map<String, Set<Integer>> instructions = new HashMap<>();
    JsonLines.forEach(
        file,
        line -> {
          JsonNode model = line.object().path("model");
          if (!model.isTextual()) {
            throw line.error("'model' must be a string");
          }
          String name = model.textValue();
          int instruction =
              instruction(line, name, instructions.computeIfAbsent(name, n -> new HashSet<>()));
          List<Judgement> judgements = models.computeIfAbsent(name, n -> new ArrayList<>());
          if (line.has("preference")) {
            judgements.add(judgement(line, instruction));
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

  /** Adds the line's instruction to those on which the model has been judged. */
  private static int instruction(JsonLine line, String model, Set<Integer> judged) {
    int instruction = judged.size();
    if (line.has("instruction_index")) {
      JsonNode index = line.object().get("instruction_index");
      if (!index.isIntegralNumber() || !index.canConvertToInt()) {
        throw line.error("'instruction_index' must be a whole number");
      }
      instruction = index.intValue();
    }
    if (!judged.add(instruction)) {
      throw line.error(
          "a second judgement of model '%s' on instruction %d; leave one of them out"
              .formatted(model, instruction));
    }
    return instruction;
  }

  private static Judgement judgement(JsonLine line, int instruction) {
    double preference = number(line, "preference");
    if (preference == 0) {
      preference = 1.5;
    }
    if (!(preference >= 1 && preference <= 2)) {
      throw line.error("'preference' must be from 1 to 2, or 0 for a tie, not " + preference);
    }
    double lengths = number(line, "baseline_length") - number(line, "model_length");
    return new Judgement(
        instruction, preference - 1, lengths, number(line, "instruction_difficulty"));
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
