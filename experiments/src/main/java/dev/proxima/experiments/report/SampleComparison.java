package dev.proxima.experiments.report;

import dev.proxima.actors.run.SampleLine;
import dev.proxima.experiments.report.RunResult.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * Responses to one held-out prompt: the supervised fine-tuned model's first, then each method's
 * final one.
 */
record SampleComparison(String prompt, List<Response> responses) {

  /**
   * A response to compare.
   *
   * @param model who wrote it
   * @param reward null where the run has none
   */
  record Response(String model, String text, Double reward) {}

  /**
   * The first {@code limit} prompts that the fine-tuned model answered. They are the first and not
   * the best, so that the report does not flatter the run.
   */
  static List<SampleComparison> first(RunResult result, int limit) {
    return result.samples().stream()
        .filter(SampleComparison::fineTuned)
        .map(SampleLine::prompt)
        .distinct()
        .limit(limit)
        .map(prompt -> of(prompt, result))
        .toList();
  }

  private static SampleComparison of(String prompt, RunResult result) {
    List<SampleLine> samples =
        result.samples().stream().filter(sample -> sample.prompt().equals(prompt)).toList();
    List<Optional<Response>> responses = new ArrayList<>();
    responses.add(response("SFT", samples, SampleComparison::fineTuned));
    for (Method method : result.methods()) {
      Predicate<SampleLine> ofResult =
          sample ->
              sample.method().equals(method.name())
                  && sample.policy() == method.shownResult()
                  && sample.iteration() > 0;
      OptionalInt last =
          result.samples().stream().filter(ofResult).mapToInt(SampleLine::iteration).max();
      if (last.isPresent()) {
        responses.add(
            response(
                method.name() + ", iteration " + last.getAsInt(),
                samples,
                ofResult.and(sample -> sample.iteration() == last.getAsInt())));
      }
    }
    return new SampleComparison(prompt, responses.stream().flatMap(Optional::stream).toList());
  }

  private static Optional<Response> response(
      String model, List<SampleLine> samples, Predicate<SampleLine> wanted) {
    return samples.stream()
        .filter(wanted)
        .findFirst()
        .map(sample -> new Response(model, sample.response(), sample.reward()));
  }

  private static boolean fineTuned(SampleLine sample) {
    return sample.iteration() == 0;
  }
}
