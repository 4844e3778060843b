package dev.proxima.experiments.config;

import dev.proxima.actors.run.PolicyEvaluation.Policy;
import dev.proxima.actors.run.RunSettings;
import dev.proxima.actors.run.RunSettings.FineTuning;
import dev.proxima.actors.run.RunSettings.Labels;
import dev.proxima.actors.run.RunSettings.Method;
import dev.proxima.actors.run.RunSettings.PreferenceTraining;
import dev.proxima.actors.run.RunSettings.Replicas;
import dev.proxima.actors.run.RunSettings.Synchronisation;
import dev.proxima.algorithms.exploration.PromptScore;
import dev.proxima.algorithms.exploration.PromptSelection;
import dev.proxima.algorithms.objective.Aggregation;
import dev.proxima.algorithms.objective.SftValue;
import dev.proxima.algorithms.outer.ExtrapolationSchedule;
import dev.proxima.algorithms.outer.InnerStart;
import dev.proxima.algorithms.outer.MomentumFrom;
import dev.proxima.algorithms.outer.OuterLoop;
import dev.proxima.algorithms.outer.ReferenceUpdate;
import dev.proxima.algorithms.outer.Restart;
import dev.proxima.algorithms.spo.DynamicBarrier;
import dev.proxima.algorithms.spo.LowerLevel;
import dev.proxima.algorithms.spo.Regulariser;
import dev.proxima.algorithms.spo.Spo;
import dev.proxima.experiments.UserError;
import dev.proxima.models.LearningRate;
import dev.proxima.models.LoraOptions;
import dev.proxima.models.Optimisation;
import dev.proxima.models.SamplingOptions;
import java.util.List;

/** Reads what {@link RunSettings} holds. */
final class RunSettingsReader {

  /** The values of {@code reference}. */
  private enum Reference {
    EXTRAPOLATED,
    EMA
  }

  private RunSettingsReader() {}

  static RunSettings read(Section root) {
    return new RunSettings(
        name(root),
        root.wholeNumber("seed"),
        fineTuning(root.section("fine-tuning")),
        sampling(root.section("sampling"), 2),
        root.section("sampling").choice("labels", Labels.class),
        exploration(root.section("exploration")),
        training(root.section("training"), root.section("spo")),
        sampling(root.section("evaluation"), 1),
        methods(root));
  }

  static String name(Section root) {
    return root.text("name", "[A-Za-z0-9][A-Za-z0-9._-]*", "letters, digits, '.', '_' and '-'");
  }

  static FineTuning fineTuning(Section section) {
    return new FineTuning(
        section.count("epochs", 0),
        section.count("batch-size", 1),
        optimisation(section, LoraOptions.NONE));
  }

  private static SamplingOptions sampling(Section section, int leastResponses) {
    return new SamplingOptions(
        section.count("responses", leastResponses),
        section.number("repetition-penalty", Accepted.POSITIVE),
        section.number("temperature", Accepted.NON_NEGATIVE),
        section.count("top-k", 0),
        section.number("top-p", Accepted.ABOVE_ZERO_TO_ONE),
        section.number("min-p", Accepted.ZERO_TO_ONE),
        section.count("max-new-tokens", 1));
  }

  private static PromptSelection exploration(Section section) {
    return new PromptSelection(
        section.choice("select", PromptSelection.Rule.class),
        section.number("ratio", Accepted.ABOVE_ZERO_TO_ONE),
        section.choice("score", PromptScore.class),
        section.flag("baseline"));
  }

  static PreferenceTraining training(Section section, Section spo) {
    LoraOptions lora = LoraReader.read(section.section("lora"));
    Replicas replicas = replicas(section);
    section.check(
        "averaging-steps",
        !lora.enabled() || replicas.averagingSteps() == 0,
        replicas.averagingSteps(),
        "0: adapters can be averaged only at the end of an iteration, where they are merged");
    PreferenceTraining training =
        new PreferenceTraining(
            section.count("epochs", 1),
            section.count("batch-size", 1),
            replicas,
            section.text("objective"),
            section.numbers("beta", Accepted.POSITIVE),
            section.textsByName("objective-options"),
            optimisation(section, lora),
            spo(spo),
            spo.flag("diagnostics"));
    try {
      training.objectiveAt(1);
    } catch (IllegalArgumentException e) {
      throw new UserError(
          Origins.where(section.config().getValue("objective")) + ": " + e.getMessage(), e);
    }
    return training;
  }

  private static Replicas replicas(Section section) {
    Synchronisation synchronisation = section.choice("synchronisation", Synchronisation.class);
    int averagingSteps = section.count("averaging-steps", 0);
    section.check(
        "averaging-steps",
        synchronisation == Synchronisation.PARAMETERS || averagingSteps == 0,
        averagingSteps,
        "0: with synchronisation = gradients replicas never part");
    return new Replicas(section.count("replicas", 1), synchronisation, averagingSteps);
  }

  private static Spo spo(Section section) {
    Section regulariser = section.section("regulariser");
    return new Spo(
        section.choice("form", Spo.Form.class),
        section.parsed("value", SftValue::parse, "a number (nats per token) or reference"),
        section.number("lambda", Accepted.POSITIVE),
        new LowerLevel.Unrolled(
            section.count("inner-steps", 1),
            section.number("inner-learning-rate", Accepted.NON_NEGATIVE)),
        new DynamicBarrier(
            section.number("barrier-rate", Accepted.POSITIVE),
            section.number("barrier-share", Accepted.POSITIVE)),
        new Regulariser(
            regulariser.number("weight", Accepted.NON_NEGATIVE),
            regulariser.choice("aggregation", Aggregation.class)));
  }

  static Optimisation optimisation(Section section, LoraOptions lora) {
    return new Optimisation(
        OptimiserReader.read(section.section("optimiser")),
        new LearningRate(
            section.number("learning-rate", Accepted.POSITIVE),
            section.number("warmup-ratio", Accepted.ZERO_TO_BELOW_ONE),
            section.choice("warmup-from", LearningRate.WarmupFrom.class),
            section.choice("schedule", LearningRate.Schedule.class)),
        section.number("weight-decay", Accepted.NON_NEGATIVE),
        section.number("max-grad-norm", Accepted.NON_NEGATIVE),
        section.count("micro-batch-tokens", 1),
        section.number("dropout", Accepted.ZERO_TO_BELOW_ONE),
        lora);
  }

  private static List<Method> methods(Section root) {
    Section methods = root.section("methods");
    List<String> names = methods.names();
    root.check(
        "methods", !names.isEmpty(), names, "at least one, as in methods { apo { alpha = 0.3 } }");
    return names.stream()
        .map(name -> method(name, methods.section(name).over(root.section("outer-loop"))))
        .toList();
  }

  private static Method method(String name, Section section) {
    return new Method(name, outerLoop(section), section.choice("result", Policy.class));
  }

  private static OuterLoop outerLoop(Section method) {
    return new OuterLoop(
        method.count("iterations", 1),
        reference(method),
        method.choice("inner-start", InnerStart.class));
  }

  private static ReferenceUpdate reference(Section method) {
    return switch (method.choice("reference", Reference.class)) {
      case EXTRAPOLATED ->
          new ReferenceUpdate.Extrapolated(
              method.value(
                  "alpha",
                  ExtrapolationSchedule::parse,
                  "a number in [0, 1), a list of such, nesterov or fista"),
              method.choice("momentum-from", MomentumFrom.class),
              method.choice("restart", Restart.class));
      case EMA -> {
        method.checkAbsent("alpha", "null, since reference = ema goes by ema-weight");
        yield new ReferenceUpdate.MovingAverage(
            method.number("ema-weight", Accepted.ABOVE_ZERO_TO_ONE), method.count("ema-every", 1));
      }
    };
  }
}
