package dev.proxima.actors.coordinator;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.artifacts.PromptResponses;
import dev.proxima.actors.artifacts.PromptResponses.Response;
import dev.proxima.actors.serialization.CborSerializable;
import dev.proxima.actors.work.Assignment;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.WorkReply;
import dev.proxima.actors.work.Worker;
import dev.proxima.algorithms.evaluation.Estimate;
import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.models.safetensors.ParameterArithmetic;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * The coordinator's hand for files: averages replicas, extrapolates parameters, selects prompts and
 * computes the metrics of a policy. A child of the coordinator on the I/O dispatcher; answers it
 * alone.
 */
public final class ParameterActor extends AbstractBehavior<ParameterActor.Command> {

  public sealed interface Command extends CborSerializable {}

  /** Do one piece of work on parameters or results. */
  public record Perform(String lease, Work.OnParameters work, ActorRef<WorkReply> replyTo)
      implements Command, Assignment {}

  private final ArtifactStore store;

  static Behavior<Command> create(ArtifactStore store) {
    return Behaviors.setup(context -> new ParameterActor(context, store));
  }

  private ParameterActor(ActorContext<Command> context, ArtifactStore store) {
    super(context);
    this.store = store;
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder().onMessage(Perform.class, this::onPerform).build();
  }

  private Behavior<Command> onPerform(Perform order) {
    Worker.answer(order, () -> perform(order.work()));
    return this;
  }

  private Output perform(Work.OnParameters work) {
    if (work instanceof Work.AverageReplicas average) {
      return Output.of(average(average));
    } else if (work instanceof Work.Extrapolate extrapolate) {
      return Output.of(extrapolate(extrapolate));
    } else if (work instanceof Work.SelectPrompts select) {
      return Output.of(select(select));
    } else {
      return evaluate((Work.Evaluate) work);
    }
  }

  private ArtifactId average(Work.AverageReplicas work) {
    return store.write(
        target ->
            ParameterArithmetic.average(
                work.replicas().stream().map(store::read).toList(), target));
  }

  private ArtifactId extrapolate(Work.Extrapolate work) {
    return store.write(
        target ->
            ParameterArithmetic.extrapolate(
                store.read(work.proximal()), store.read(work.anchor()), work.alpha(), target));
  }

  private ArtifactId select(Work.SelectPrompts work) {
    List<PromptResponses> latest =
        JsonArtifacts.readLines(store, work.labelled(), PromptResponses.class);
    int[] selected =
        work.selection()
            .select(
                rewards(latest),
                rewards(JsonArtifacts.readLines(store, work.first(), PromptResponses.class)),
                RandomStream.of(work.seed(), "select", work.iteration()));
    return JsonArtifacts.write(
        store, IntStream.of(selected).map(i -> latest.get(i).id()).toArray());
  }

  private static List<double[]> rewards(List<PromptResponses> lines) {
    return lines.stream()
        .map(line -> line.responses().stream().mapToDouble(Response::reward).toArray())
        .toList();
  }

  private Output evaluate(Work.Evaluate work) {
    SortedMap<String, Estimate> metrics =
        PolicyMetrics.of(
            JsonArtifacts.readLines(store, work.policy(), PromptResponses.class),
            JsonArtifacts.readLines(store, work.baseline(), PromptResponses.class));
    return Output.evaluated(
        JsonArtifacts.write(store, metrics), PolicyMetrics.heldOutMeasure(metrics));
  }
}
