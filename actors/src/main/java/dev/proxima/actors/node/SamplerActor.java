package dev.proxima.actors.node;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.artifacts.PromptResponses;
import dev.proxima.actors.artifacts.PromptResponses.Response;
import dev.proxima.actors.serialization.CborSerializable;
import dev.proxima.actors.work.Assignment;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.Work.Purpose;
import dev.proxima.actors.work.WorkReply;
import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.SampledResponse;
import dev.proxima.models.SamplingOptions;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * Samples responses from a frozen policy on one device, on a thread of its own. Answers the
 * coordinator that assigned the shard.
 */
public final class SamplerActor extends AbstractBehavior<SamplerActor.Command> {

  public sealed interface Command extends CborSerializable {}

  /** Sample a shard's responses. */
  public record SampleShard(String lease, Work.SampleShard work, ActorRef<WorkReply> replyTo)
      implements Command, Assignment {}

  private record ParametersFound(SampleShard order, ParameterCache.Reply reply)
      implements Command {}

  private final NodeContext node;
  private final DeviceModels models;
  private final ActorRef<ParameterCache.Command> parameters;

  static Behavior<Command> create(
      NodeContext node, DeviceModels models, ActorRef<ParameterCache.Command> parameters) {
    return Behaviors.setup(context -> new SamplerActor(context, node, models, parameters));
  }

  private SamplerActor(
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
        .onMessage(SampleShard.class, this::onSampleShard)
        .onMessage(ParametersFound.class, this::onParametersFound)
        .build();
  }

  private Behavior<Command> onSampleShard(SampleShard order) {
    ParameterCache.acquire(
        getContext(),
        parameters,
        order.work().parameters(),
        reply -> new ParametersFound(order, reply));
    return this;
  }

  private Behavior<Command> onParametersFound(ParametersFound found) {
    Work.SampleShard work = found.order().work();
    ParameterCache.answer(
        found.order(),
        found.reply(),
        file -> models.with(work.parameters(), file, model -> sample(work, model)));
    return this;
  }

  private Output sample(Work.SampleShard work, LanguageModel model) {
    node.stop().check();
    List<PromptResponses> prompts =
        JsonArtifacts.readLines(node.store(), work.prompts(), PromptResponses.class);
    boolean training = work.purpose() == Purpose.TRAINING;
    SamplingOptions options =
        training ? node.spec().settings().sampling() : node.spec().settings().evaluation();
    String purpose = training ? "sample" : "evaluate";
    long seed = node.spec().settings().seed();
    RandomStream[][] streams = new RandomStream[prompts.size()][options.responses()];
    for (int p = 0; p < prompts.size(); p++) {
      for (int r = 0; r < options.responses(); r++) {
        streams[p][r] = RandomStream.of(seed, purpose, work.iteration(), prompts.get(p).id(), r);
      }
    }
    List<List<SampledResponse>> sampled =
        model.generate(
            prompts.stream().map(PromptResponses::promptTokens).toList(),
            options,
            (prompt, response, position) -> streams[prompt][response].uniform(position));
    List<PromptResponses> lines = new ArrayList<>();
    for (int p = 0; p < prompts.size(); p++) {
      lines.add(prompts.get(p).with(sampled.get(p).stream().map(this::withText).toList(), null));
    }
    ArtifactId responses = JsonArtifacts.writeLines(node.store(), lines);
    return Output.of(responses);
  }

  private Response withText(SampledResponse sampled) {
    return new Response(
        node.tokenizer().decode(sampled.tokens()), sampled.tokens(), sampled.logp(), null, null);
  }
}
