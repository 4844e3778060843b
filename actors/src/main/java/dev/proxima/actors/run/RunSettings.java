package dev.proxima.actors.run;

import dev.proxima.actors.run.PolicyEvaluation.Policy;
import dev.proxima.algorithms.exploration.PromptSelection;
import dev.proxima.algorithms.objective.Objectives;
import dev.proxima.algorithms.objective.PairDetail;
import dev.proxima.algorithms.objective.PreferenceObjective;
import dev.proxima.algorithms.outer.OuterLoop;
import dev.proxima.algorithms.spo.Spo;
import dev.proxima.models.Optimisation;
import dev.proxima.models.SamplingOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The settings of a run: what its result depends on beside data and model shape. Devices, folders
 * and time-outs are not here, since a result does not depend on them.
 *
 * @param name the run's name
 * @param seed every random draw of the run derives from it
 * @param fineTuning the supervised stage before the outer loop
 * @param sampling how the policy's responses are sampled for training
 * @param labels how preferences are drawn from rewards
 * @param exploration which prompts get new responses in an iteration
 * @param training the proximal step
 * @param evaluation how responses to held-out prompts are sampled
 * @param methods the outer loops to compare, each from the same fine-tuned model
 */
public record RunSettings(
    String name,
    long seed,
    FineTuning fineTuning,
    SamplingOptions sampling,
    Labels labels,
    PromptSelection exploration,
    PreferenceTraining training,
    SamplingOptions evaluation,
    List<Method> methods) {

  /** How rewards become preferences. */
  public enum Labels {
    /** Drawn from the Bradley-Terry model on the rewards. */
    BRADLEY_TERRY,
    /** The higher reward wins. */
    REWARD
  }

  /** Supervised fine-tuning: {@code epochs} passes in batches of {@code batchSize} examples. */
  public record FineTuning(int epochs, int batchSize, Optimisation optimisation) {}

  /**
   * The proximal step of every iteration.
   *
   * @param epochs passes over the iteration's pairs
   * @param batchSize pairs per optimiser step
   * @param replicas who trains, each on its share of the pairs
   * @param objective the objective's name, or a sum of such, see {@link Objectives}
   * @param beta KL strength per iteration; the last value goes on
   * @param options the objective's further options by name, as text
   * @param spo what holds the objective near supervised fine-tuning
   * @param diagnostics whether each step compares the gradients of chosen and rejected responses
   */
  public record PreferenceTraining(
      int epochs,
      int batchSize,
      Replicas replicas,
      String objective,
      List<Double> beta,
      Map<String, String> options,
      Optimisation optimisation,
      Spo spo,
      boolean diagnostics) {

    public PreferenceTraining {
      if (optimisation.lora().enabled() && replicas.averagingSteps() > 0) {
        throw new IllegalArgumentException(
            "adapters can be averaged only at the end of an iteration, where they are merged");
      }
    }

    /** The plain objective, without diagnostics; replicas meet at the end of an iteration. */
    public PreferenceTraining(
        int epochs,
        int batchSize,
        int replicas,
        String objective,
        List<Double> beta,
        Map<String, String> options,
        Optimisation optimisation) {
      this(
          epochs,
          batchSize,
          Replicas.averaged(replicas, 0),
          objective,
          beta,
          options,
          optimisation,
          Spo.NONE,
          false);
    }

    /** The KL strength of 1-based {@code iteration}. */
    public double betaAt(int iteration) {
      return beta.get(Math.min(iteration, beta.size()) - 1);
    }

    /**
     * The objective of 1-based {@code iteration} with the terms of SPO; beta is given to those that
     * have one.
     */
    public PreferenceObjective objectiveAt(int iteration) {
      Map<String, String> all = new HashMap<>(options);
      if (Objectives.hasOption(objective, "beta")) {
        all.put("beta", Double.toString(betaAt(iteration)));
      }
      return spo.over(Objectives.create(objective, all));
    }

    /** Whether the objective needs to know so of a pair. */
    public boolean needs(PairDetail detail) {
      return objectiveAt(1).needs().contains(detail);
    }
  }

  /** What logical replicas bring together. */
  public enum Synchronisation {
    /**
     * Their parameters, after some steps and at the end (local SGD; Stich 2019, arXiv 1805.09767).
     */
    PARAMETERS,
    /** Their gradients, in every step, which makes them one replica with bigger batches. */
    GRADIENTS
  }

  /**
   * The logical replicas of a proximal step, which whatever devices there are host.
   *
   * @param count at least 1
   * @param averagingSteps of {@link Synchronisation#PARAMETERS}: optimiser steps between two
   *     averages, from which each replica goes on with its own optimiser; 0 for only one at the end
   *     of the iteration, as it must be with adapters: the mean of their products B A is not that
   *     of B times that of A
   */
  public record Replicas(int count, Synchronisation synchronisation, int averagingSteps) {

    public Replicas {
      if (count < 1 || averagingSteps < 0) {
        throw new IllegalArgumentException(
            "there cannot be " + count + " replicas, averaged every " + averagingSteps + " steps");
      }
      if (synchronisation == Synchronisation.GRADIENTS && averagingSteps > 0) {
        throw new IllegalArgumentException(
            "replicas whose gradients are averaged have no other parameters to average");
      }
    }

    /** Replicas whose parameters are averaged. */
    public static Replicas averaged(int count, int averagingSteps) {
      return new Replicas(count, Synchronisation.PARAMETERS, averagingSteps);
    }

    /** Whether each of them is a training of its own. */
    public boolean trainApart() {
      return count == 1 || synchronisation == Synchronisation.PARAMETERS;
    }

    /** Whether they go on from their average after so many steps. */
    public boolean averagesAfter(int steps) {
      return averages() && steps % averagingSteps == 0;
    }

    /** The number of steps, above {@code made}, after which they stop to be averaged. */
    public OptionalInt nextAverage(int made) {
      return averages()
          ? OptionalInt.of((made / averagingSteps + 1) * averagingSteps)
          : OptionalInt.empty();
    }

    private boolean averages() {
      return count > 1 && averagingSteps > 0;
    }
  }

  /**
   * A named outer loop, such as "apo" with alpha = 0.3 or "iterative-dpo" with alpha = 0.
   *
   * @param result which policy of the last iteration is the final model: the proximal one in
   *     Algorithm 1, the extrapolated one in ExPO
   */
  public record Method(String name, OuterLoop outerLoop, Policy result) {

    /** A method whose result is the last proximal solution. */
    public Method(String name, OuterLoop outerLoop) {
      this(name, outerLoop, Policy.PROXIMAL);
    }
  }
}
