package dev.proxima.actors.node;

import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.artifacts.PromptResponses;
import dev.proxima.actors.artifacts.PromptResponses.Response;
import dev.proxima.actors.serialization.CborSerializable;
import dev.proxima.actors.work.Assignment;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.WorkReply;
import dev.proxima.algorithms.numeric.OrderedSum;
import dev.proxima.algorithms.objective.PairDetail;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.TokenSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * Scores responses under frozen parameters on one device, on a thread of its own: the reference's
 * log-probabilities, computed once per iteration. Answers the coordinator that assigned the shard.
 */
public final class ReferenceActor extends AbstractBehavior<ReferenceActor.Command> {

  public sealed interface Command extends CborSerializable {}

  /** Add a shard's reference log-probabilities. */
  public record ScoreShard(String lease, Work.ScoreShard work, ActorRef<WorkReply> replyTo)
      implements Command, Assignment {}

  private record ParametersFound(ModelWork work) implements Command {}

  private final NodeContext node;
  private final DeviceModels models;
  private final ActorRef<ParameterCache.Command> parameters;

  static Behavior<Command> create(
      NodeContext node, DeviceModels models, ActorRef<ParameterCache.Command> parameters) {
    return Behaviors.setup(context -> new ReferenceActor(context, node, models, parameters));
  }

  private ReferenceActor(
      ActorContext<Command> context,
      NodeContext node,
      DeviceModels models,
      ActorRef<ParameterCache.Command> parameters) {
    super(context);
    this.node = node;
    this.models = models;
    this.parameters = parameters;
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(ScoreShard.class, this::onScoreShard)
        .onMessage(ParametersFound.class, this::onParametersFound)
        .build();
  }

  private Behavior<Command> onScoreShard(ScoreShard order) {
    ModelWork.await(
        getContext(),
        parameters,
        order,
        order.work().parameters(),
        (model, heartbeat) -> score(order.work(), model, heartbeat),
        ParametersFound::new);
    return this;
  }

  private Behavior<Command> onParametersFound(ParametersFound found) {
    found.work().perform(models, node.stop());
    return this;
  }

  private Output score(Work.ScoreShard work, LanguageModel model, Heartbeat heartbeat) {
    heartbeat.beat();
    List<PromptResponses> prompts =
        JsonArtifacts.readLines(node.store(), work.responses(), PromptResponses.class);
    List<TokenSequence> sequences = new ArrayList<>();
    for (PromptResponses prompt : prompts) {
      for (int r : needed(prompt)) {
        sequences.add(TokenSequence.of(prompt.promptTokens(), prompt.responses().get(r).tokens()));
      }
    }
    double[][] tokenLogps = model.tokenLogps(sequences, heartbeat::beat);
    boolean tokensNeeded = node.spec().settings().training().needs(PairDetail.TOKEN_LOGPS);
    int next = 0;
    List<PromptResponses> lines = new ArrayList<>();
    for (PromptResponses prompt : prompts) {
      List<Response> responses = new ArrayList<>(prompt.responses());
      for (int r : needed(prompt)) {
        double[] tokens = tokenLogps[next++];
        Response scored = responses.get(r).withReferenceLogp(OrderedSum.of(tokens));
        responses.set(r, tokensNeeded ? scored.withReferenceTokenLogps(tokens) : scored);
      }
      lines.add(prompt.with(responses, prompt.preference()));
    }
    return Output.of(JsonArtifacts.writeLines(node.store(), lines));
  }

  private static int[] needed(PromptResponses prompt) {
    return prompt.preference() == null
        ? IntStream.range(0, prompt.responses().size()).toArray()
        : new int[] {prompt.preference().chosen(), prompt.preference().rejected()};
  }
}
