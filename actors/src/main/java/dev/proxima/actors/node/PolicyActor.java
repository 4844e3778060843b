package dev.proxima.actors.node;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.artifacts.PromptResponses;
import dev.proxima.actors.dataplane.RingSeat;
import dev.proxima.actors.run.RunSettings;
import dev.proxima.actors.run.RunSettings.FineTuning;
import dev.proxima.actors.run.RunSettings.PreferenceTraining;
import dev.proxima.actors.serialization.CborSerializable;
import dev.proxima.actors.work.Assignment;
import dev.proxima.actors.work.Continuation;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.WorkReply;
import dev.proxima.actors.work.Worker;
import dev.proxima.algorithms.objective.PreferenceObjective;
import dev.proxima.algorithms.random.Epochs;
import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.algorithms.spo.PairGradients;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.TokenPair;
import dev.proxima.models.TokenSequence;
import dev.proxima.models.Trainer;
import dev.proxima.models.TrainingHosts;
import dev.proxima.models.TrainingOptions;
import dev.proxima.models.TrainingRing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * Trains a copy of the policy on one device, on a thread of its own, or on several devices of the
 * node that are free for it: supervised fine-tuning and the proximal step, whose result is the
 * whole policy even where adapters were trained; a segment at a time. Answers the coordinator that
 * assigned the work, and tells it of every step.
 */
public final class PolicyActor extends AbstractBehavior<PolicyActor.Command> {

  public sealed interface Command extends CborSerializable {}

  /** Initialise a model and fine-tune it. */
  public record FineTune(String lease, Work.FineTune work, ActorRef<WorkReply> replyTo)
      implements Command, Assignment {}

  /** Make one logical replica's share of the proximal step. */
  public record TrainReplica(String lease, Work.TrainReplica work, ActorRef<WorkReply> replyTo)
      implements Command, Assignment {}

  /**
   * Make the proximal step of all logical replicas.
   *
   * @param devices of this node that are free for it, this actor's first
   * @param seat among the nodes that make it together, of which the first answers with the result;
   *     null where this node is alone
   */
  public record TrainReplicas(
      String lease,
      Work.TrainReplicas work,
      List<ComputeDevice> devices,
      RingSeat seat,
      ActorRef<WorkReply> replyTo)
      implements Command, Assignment {}

  private record StartFound(
      Assignment order,
      ArtifactId parameters,
      Function<Start, Output> training,
      ParameterCache.Reply reply)
      implements Command {}

  /** The parameters that a segment starts from. */
  private record Start(ArtifactId parameters, Path file) {}

  /**
   * A proximal step's training.
   *
   * @param replica addresses the random draws
   */
  private record Proximal(int iteration, int replica, List<TokenPair> pairs, TrainingHosts hosts) {}

  private final NodeContext node;
  private final RunSettings settings;
  private final ComputeDevice device;
  private final ActorRef<ParameterCache.Command> parameters;

  static Behavior<Command> create(
      NodeContext node, ComputeDevice device, ActorRef<ParameterCache.Command> parameters) {
    return Behaviors.setup(context -> new PolicyActor(context, node, device, parameters));
  }

  private PolicyActor(
      ActorContext<Command> context,
      NodeContext node,
      ComputeDevice device,
      ActorRef<ParameterCache.Command> parameters) {
    super(context);
    this.node = node;
    this.settings = node.spec().settings();
    this.device = device;
    this.parameters = parameters;
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(FineTune.class, this::onFineTune)
        .onMessage(TrainReplica.class, this::onTrainReplica)
        .onMessage(TrainReplicas.class, this::onTrainReplicas)
        .onMessage(StartFound.class, this::onStartFound)
        .build();
  }

  private Behavior<Command> onFineTune(FineTune order) {
    if (order.work().start() == null) {
      Worker.answer(order, () -> fineTune(order, initial()));
    } else {
      acquire(order, order.work(), start -> fineTune(order, start));
    }
    return this;
  }

  private Behavior<Command> onTrainReplica(TrainReplica order) {
    acquire(order, order.work(), start -> trainReplica(order, start));
    return this;
  }

  private Behavior<Command> onTrainReplicas(TrainReplicas order) {
    acquire(order, order.work(), start -> trainReplicas(order, start));
    return this;
  }

  private void acquire(Assignment order, Work.Training work, Function<Start, Output> training) {
    ParameterCache.acquire(
        getContext(),
        parameters,
        work.start(),
        reply -> new StartFound(order, work.start(), training, reply));
  }

  private Behavior<Command> onStartFound(StartFound found) {
    ParameterCache.answer(
        found.order(),
        found.reply(),
        file -> found.training().apply(new Start(found.parameters(), file)));
    return this;
  }

  private Start initial() {
    ArtifactId drawn =
        node.store()
            .write(path -> node.engine().initialise(node.spec().model(), settings.seed(), path));
    return new Start(drawn, node.store().read(drawn));
  }

  private Output fineTune(FineTune order, Start start) {
    List<TokenSequence> examples =
        JsonArtifacts.readLines(node.store(), order.work().data(), PromptResponses.class).stream()
            .map(line -> TrainingPair.sequence(line, 0))
            .toList();
    FineTuning tuning = settings.fineTuning();
    Epochs epochs =
        new Epochs(
            examples.size(),
            tuning.batchSize(),
            tuning.epochs(),
            epoch -> RandomStream.of(settings.seed(), "fine-tune", epoch));
    TrainingLog log = new TrainingLog(order, 0, 0, order.work().firstStep(), epochs.steps());
    return train(
        start,
        order.work(),
        alone(),
        steps -> tuning.optimisation().over(steps, settings.seed()),
        epochs,
        log,
        (trainer, batch) -> log.fineTuned(trainer.fineTune(pick(examples, batch))));
  }

  private Output trainReplica(TrainReplica order, Start start) {
    Work.TrainReplica work = order.work();
    List<TokenPair> all = pairs(work.pairs());
    List<TokenPair> share = new ArrayList<>();
    for (int i = work.replica(); i < all.size(); i += settings.training().replicas().count()) {
      share.add(all.get(i));
    }
    return prefer(
        order, work, start, new Proximal(work.iteration(), work.replica(), share, alone()));
  }

  private Output trainReplicas(TrainReplicas order, Start start) {
    if (order.seat() == null) {
      return trainReplicas(order, start, Optional.empty());
    }
    try (TrainingRing ring = node.dataPlane().join(order.seat())) {
      return trainReplicas(order, start, Optional.of(ring));
    }
  }

  private Output trainReplicas(TrainReplicas order, Start start, Optional<TrainingRing> ring) {
    Work.TrainReplicas work = order.work();
    TrainingHosts hosts = new TrainingHosts(order.devices(), work.replicas(), ring);
    return prefer(
        order, work, start, new Proximal(work.iteration(), 0, pairs(work.pairs()), hosts));
  }

  private Output prefer(Assignment order, Work.Training work, Start start, Proximal proximal) {
    PreferenceTraining training = settings.training();
    int iteration = proximal.iteration();
    double beta = training.betaAt(iteration);
    PreferenceObjective objective = training.objectiveAt(iteration);
    Epochs epochs =
        new Epochs(
            proximal.pairs().size(),
            training.batchSize() * proximal.hosts().shares(),
            training.epochs(),
            epoch ->
                RandomStream.of(settings.seed(), "train", iteration, proximal.replica(), epoch));
    TrainingLog log =
        new TrainingLog(order, iteration, proximal.replica(), work.firstStep(), epochs.steps());
    return train(
        start,
        work,
        proximal.hosts(),
        steps -> training.optimisation().over(steps, adapterSeed(iteration)),
        epochs,
        log,
        (trainer, indices) -> {
          List<TokenPair> batch = pick(proximal.pairs(), indices);
          Optional<PairGradients> gradients =
              training.diagnostics() ? Optional.of(trainer.pairGradients(batch)) : Optional.empty();
          log.preferred(
              trainer.prefer(batch, objective, training.spo().lowerLevel()),
              gradients,
              batch,
              beta);
        });
  }

  private TrainingHosts alone() {
    return TrainingHosts.of(device);
  }

  /** The same for all replicas, so that adapters which are to be averaged have one A to begin. */
  private long adapterSeed(int iteration) {
    return RandomStream.of(settings.seed(), "adapters", iteration).key();
  }

  /**
   * Makes one segment of a training. Adapters stay apart from the parameters until its end.
   *
   * @param options by the total number of steps
   * @return null in a ring, where not this node is the first
   */
  private Output train(
      Start start,
      Work.Training work,
      TrainingHosts hosts,
      IntFunction<TrainingOptions> options,
      Epochs epochs,
      TrainingLog log,
      TrainingStep step) {
    boolean helps = hosts.ring().filter(ring -> ring.rank() > 0).isPresent();
    if (epochs.steps() == 0) {
      return Output.trained(
          start.parameters(), JsonArtifacts.writeLines(node.store(), log.steps()));
    }
    TrainingOptions chosen = options.apply(epochs.steps());
    try (Trainer trainer =
        node.engine().trainer(start.file(), node.spec().model(), hosts, chosen)) {
      if (work.from() != null) {
        restore(trainer, work.from());
      }
      int end = segmentEnd(work, epochs.steps());
      for (int i = work.firstStep(); i < end; i++) {
        node.stop().check();
        step.make(trainer, epochs.batch(i));
      }
      if (helps) {
        return null;
      }
      ArtifactId steps = JsonArtifacts.writeLines(node.store(), log.steps());
      if (end == epochs.steps()) {
        return Output.trained(node.store().write(trainer::save), steps);
      }
      boolean adapters = chosen.lora().enabled();
      return Output.trained(
          adapters ? start.parameters() : node.store().write(trainer::save),
          steps,
          new Continuation(
              node.store().write(trainer::saveOptimiser),
              adapters ? node.store().write(trainer::saveAdapterWeights) : null,
              end));
    }
  }

  private void restore(Trainer trainer, Continuation from) {
    if (from.adapters() != null) {
      trainer.restoreAdapterWeights(node.store().read(from.adapters()));
    }
    trainer.restoreOptimiser(node.store().read(from.optimiser()));
  }

  /** How many steps are made when a segment ends: at a checkpoint, or to be averaged. */
  private int segmentEnd(Work.Training work, int totalSteps) {
    int made = work.firstStep();
    int interval = node.checkpointSteps();
    int end = interval == 0 ? totalSteps : Math.min(totalSteps, (made / interval + 1) * interval);
    return work instanceof Work.TrainReplica
        ? Math.min(end, settings.training().replicas().nextAverage(made).orElse(end))
        : end;
  }

  /** The pairs of scored shards, in order. */
  private List<TokenPair> pairs(List<ArtifactId> scored) {
    return JsonArtifacts.readLines(node.store(), scored, PromptResponses.class).stream()
        .filter(line -> line.preference() != null)
        .map(TrainingPair::of)
        .toList();
  }

  private static <T> List<T> pick(List<T> from, int[] indices) {
    List<T> picked = new ArrayList<>(indices.length);
    for (int index : indices) {
      picked.add(from.get(index));
    }
    return picked;
  }

  @FunctionalInterface
  private interface TrainingStep {
    void make(Trainer trainer, int[] batch);
  }
}
