package dev.proxima.algorithms.evaluation;

/**
 * A judge's comparison of a model's response with a baseline's to the same instruction.
 *
 * @param instruction the instruction's number
 * @param preference how probable it is that the model's response is the better one, in [0, 1]
 * @param lengthDifference the baseline's length less the model's, in characters; NaN where unknown
 * @param difficulty how hard the instruction is for the baseline, on any scale; NaN where unknown
 */
public record Judgement(
    int instruction, double preference, double lengthDifference, double difficulty) {

  public Judgement {
    if (!(preference >= 0 && preference <= 1)) {
      throw new IllegalArgumentException("a preference must be in [0, 1], not " + preference);
    }
  }
}
