package dev.proxima.actors.node;

import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.artifacts.PromptResponses;
import dev.proxima.actors.artifacts.PromptResponses.Preference;
import dev.proxima.actors.artifacts.PromptResponses.Response;
import dev.proxima.actors.run.RunSettings.Labels;
import dev.proxima.actors.serialization.CborSerializable;
import dev.proxima.actors.work.Assignment;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.Work.Purpose;
import dev.proxima.actors.work.WorkReply;
import dev.proxima.actors.work.Worker;
import dev.proxima.algorithms.preference.BestAgainstWorst;
import dev.proxima.algorithms.preference.PlackettLuce;
import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.models.ComputeDevice;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * Labels responses, a shard at a time: a reward for each, and for training the best against the
 * worst, drawn from Bradley-Terry or by the reward itself. Answers the coordinator that assigned
 * the shard.
 */
public final class PreferenceActor extends AbstractBehavior<PreferenceActor.Command> {

  public sealed interface Command extends CborSerializable {}

  /** Label a shard's responses. */
  public record LabelShard(String lease, Work.LabelShard work, ActorRef<WorkReply> replyTo)
      implements Command, Assignment {}

  private final NodeContext node;
  private final ComputeDevice device;

  /**
   * @param device where a reward model computes
   */
  static Behavior<Command> create(NodeContext node, ComputeDevice device) {
    return Behaviors.setup(context -> new PreferenceActor(context, node, device));
  }

  private PreferenceActor(ActorContext<Command> context, NodeContext node, ComputeDevice device) {
    super(context);
    this.node = node;
    this.device = device;
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder().onMessage(LabelShard.class, this::onLabelShard).build();
  }

  private Behavior<Command> onLabelShard(LabelShard order) {
    Worker.answer(order, () -> label(order.work(), new Heartbeat(order, node.stop())));
    return this;
  }

  private Output label(Work.LabelShard work, Heartbeat heartbeat) {
    heartbeat.beat();
    List<PromptResponses> prompts =
        JsonArtifacts.readLines(node.store(), work.responses(), PromptResponses.class);
    List<PromptResponses> open = prompts.stream().filter(prompt -> !prompt.isRewarded()).toList();
    Iterator<double[]> rewards =
        Arrays.asList(node.rewards().of(work.purpose()).rewards(open, device, heartbeat::beat))
            .iterator();
    List<PromptResponses> lines =
        prompts.stream()
            .map(prompt -> prompt.isRewarded() ? prompt : label(work, prompt, rewards.next()))
            .toList();
    return Output.of(JsonArtifacts.writeLines(node.store(), lines));
  }

  private PromptResponses label(Work.LabelShard work, PromptResponses prompt, double[] rewards) {
    List<Response> rewarded =
        IntStream.range(0, rewards.length)
            .mapToObj(i -> prompt.responses().get(i).withReward(rewards[i]))
            .toList();
    return prompt.with(
        rewarded,
        work.purpose() == Purpose.TRAINING
            ? prefer(work.iteration(), prompt.id(), rewarded)
            : null);
  }

  private Preference prefer(int iteration, int prompt, List<Response> responses) {
    double[] utilities = responses.stream().mapToDouble(Response::reward).toArray();
    if (node.spec().settings().labels() == Labels.BRADLEY_TERRY) {
      long seed = node.spec().settings().seed();
      utilities =
          PlackettLuce.utilities(utilities, RandomStream.of(seed, "label", iteration, prompt));
    }
    return BestAgainstWorst.pair(utilities)
        .map(pairing -> new Preference(pairing.chosen(), pairing.rejected()))
        .orElse(null);
  }
}
