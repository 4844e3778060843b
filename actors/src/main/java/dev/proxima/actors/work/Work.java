package dev.proxima.actors.work;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.serialization.CborSerializable;
import dev.proxima.algorithms.exploration.PromptSelection;
import java.util.List;

/**
 * A unit of a run's work, named by all that its result depends on beside the run's specification.
 * Equal works have equal results, so work that two methods share is done once, and work that a lost
 * worker had begun is simply done again elsewhere.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "work")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Work.FineTune.class, name = "fine-tune"),
  @JsonSubTypes.Type(value = Work.SampleShard.class, name = "sample"),
  @JsonSubTypes.Type(value = Work.SelectPrompts.class, name = "select"),
  @JsonSubTypes.Type(value = Work.ResampleShard.class, name = "resample"),
  @JsonSubTypes.Type(value = Work.LabelShard.class, name = "label"),
  @JsonSubTypes.Type(value = Work.ScoreShard.class, name = "score"),
  @JsonSubTypes.Type(value = Work.TrainReplica.class, name = "train"),
  @JsonSubTypes.Type(value = Work.TrainReplicas.class, name = "train-together"),
  @JsonSubTypes.Type(value = Work.AverageReplicas.class, name = "average"),
  @JsonSubTypes.Type(value = Work.Extrapolate.class, name = "extrapolate"),
  @JsonSubTypes.Type(value = Work.Evaluate.class, name = "evaluate"),
})
public sealed interface Work extends CborSerializable {

  /** The kind of work, in a word for people: "sample", "train", ... */
  String kind();

  /** Whether the result is a version of the parameters, which the nodes will need. */
  default boolean makesParameters() {
    return false;
  }

  /** Work for a device: a policy, reference or sampler actor. */
  sealed interface OnDevice extends Work {

    /** How many devices of a node it can use at once; that makes no difference to its result. */
    default int devices() {
      return 1;
    }
  }

  /**
   * Training, in segments: where a segment leaves steps to make, the next one goes on. Where it is
   * cut makes no difference to what comes out in the end.
   */
  sealed interface Training extends OnDevice {

    /** Where the parameters start; null where they are drawn. */
    ArtifactId start();

    /** What the segments before left; null where this is the first. */
    Continuation from();

    /** The segment after this one, which gave {@code output}. */
    Training after(Output output);

    /** Optimiser steps made before. */
    default int firstStep() {
      return from() == null ? 0 : from().step();
    }

    @Override
    default boolean makesParameters() {
      return true;
    }
  }

  /** Work on files, beside the coordinator. */
  sealed interface OnParameters extends Work {}

  /** What responses are for; draws for training and for evaluation are independent. */
  enum Purpose {
    TRAINING,
    EVALUATION
  }

  /** Initialises a model and fine-tunes it on {@code data}; the result is pi_ref's parameters. */
  record FineTune(ArtifactId data, ArtifactId start, Continuation from) implements Training {

    /** The first segment. */
    public FineTune(ArtifactId data) {
      this(data, null, null);
    }

    @Override
    public String kind() {
      return "fine-tune";
    }

    @Override
    public FineTune after(Output output) {
      return new FineTune(data, output.artifact(), output.rest());
    }
  }

  /**
   * Samples responses to {@code prompts}.
   *
   * @param iteration addresses the random draws; 0 for evaluation, so that all policies are
   *     evaluated with common random numbers
   */
  record SampleShard(ArtifactId parameters, ArtifactId prompts, Purpose purpose, int iteration)
      implements OnDevice {
    @Override
    public String kind() {
      return "sample";
    }
  }

  /**
   * Chooses the prompts that get new responses (OPTune); the result is a JSON list of their ids.
   *
   * @param labelled the latest responses of all prompts
   * @param first the first responses of the same prompts, in the same order
   */
  record SelectPrompts(
      List<ArtifactId> labelled,
      List<ArtifactId> first,
      PromptSelection selection,
      long seed,
      int iteration)
      implements OnParameters {
    @Override
    public String kind() {
      return "select";
    }
  }

  /**
   * Samples new responses to the selected prompts of a labelled shard; the others keep theirs.
   *
   * @param selected what {@link SelectPrompts} chose
   */
  record ResampleShard(
      ArtifactId parameters, ArtifactId labelled, ArtifactId selected, int iteration)
      implements OnDevice {
    @Override
    public String kind() {
      return "sample";
    }
  }

  /**
   * Rewards {@code responses} and, for training, pairs the best against the worst. Prompts whose
   * responses have rewards already keep them and their preference.
   */
  record LabelShard(ArtifactId responses, Purpose purpose, int iteration) implements Work {
    @Override
    public String kind() {
      return "label";
    }
  }

  /**
   * Adds the reference log-probabilities: of the preferred pair where there is a preference, else
   * of every response.
   */
  record ScoreShard(ArtifactId parameters, ArtifactId responses) implements OnDevice {
    @Override
    public String kind() {
      return "score";
    }
  }

  /**
   * One logical replica's share of the proximal step.
   *
   * @param pairs scored shards of the iteration; the replica takes every {@code replicas}-th pair
   */
  record TrainReplica(
      ArtifactId start, List<ArtifactId> pairs, int iteration, int replica, Continuation from)
      implements Training {

    /** The first segment. */
    public TrainReplica(ArtifactId start, List<ArtifactId> pairs, int iteration, int replica) {
      this(start, pairs, iteration, replica, null);
    }

    @Override
    public String kind() {
      return "train";
    }

    @Override
    public TrainReplica after(Output output) {
      return new TrainReplica(output.artifact(), pairs, iteration, replica, output.rest());
    }
  }

  /**
   * The proximal step of all logical replicas, whose gradients are averaged in every step: that of
   * one replica whose batches are so many times as big and cut into so many shares.
   *
   * @param pairs scored shards of the iteration, of which all pairs are taken
   */
  record TrainReplicas(
      ArtifactId start, List<ArtifactId> pairs, int iteration, int replicas, Continuation from)
      implements Training {

    /** The first segment. */
    public TrainReplicas(ArtifactId start, List<ArtifactId> pairs, int iteration, int replicas) {
      this(start, pairs, iteration, replicas, null);
    }

    @Override
    public String kind() {
      return "train";
    }

    @Override
    public int devices() {
      return replicas;
    }

    @Override
    public TrainReplicas after(Output output) {
      return new TrainReplicas(output.artifact(), pairs, iteration, replicas, output.rest());
    }
  }

  /** thetahat_{t+1}: the mean of the replicas, in logical order. */
  record AverageReplicas(List<ArtifactId> replicas) implements OnParameters {
    @Override
    public String kind() {
      return "average";
    }

    @Override
    public boolean makesParameters() {
      return true;
    }
  }

  /**
   * theta_{t+1} = proximal + alpha (proximal - anchor).
   *
   * @param alpha in (-1, 1); below 0 for a moving average
   */
  record Extrapolate(ArtifactId proximal, ArtifactId anchor, double alpha) implements OnParameters {
    @Override
    public String kind() {
      return "extrapolate";
    }

    @Override
    public boolean makesParameters() {
      return true;
    }
  }

  /**
   * The metrics of a policy on the held-out prompts.
   *
   * @param policy its shards, with its own and the fine-tuned model's log-probabilities
   * @param baseline the fine-tuned model's shards
   */
  record Evaluate(List<ArtifactId> policy, List<ArtifactId> baseline) implements OnParameters {
    @Override
    public String kind() {
      return "evaluate";
    }
  }
}
