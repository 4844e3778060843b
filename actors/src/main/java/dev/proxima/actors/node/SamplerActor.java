package dev.proxima.actors.node;

import com.fasterxml.jackson.core.type.TypeReference;
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
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
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

  /** Sample new responses for some prompts of a shard. */
  public record ResampleShard(String lease, Work.ResampleShard work, ActorRef<WorkReply> replyTo)
      implements Command, Assignment {}

  private record ParametersFound(ModelWork work) implements Command {}

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
        .onMessage(ResampleShard.class, this::onResampleShard)
        .onMessage(ParametersFound.class, this::onParametersFound)
        .build();
  }

  private Behavior<Command> onSampleShard(SampleShard order) {
    return await(
        order,
        order.work().parameters(),
        (model, heartbeat) -> sample(order.work(), model, heartbeat));
  }

  private Behavior<Command> onResampleShard(ResampleShard order) {
    return await(
        order,
        order.work().parameters(),
        (model, heartbeat) -> resample(order.work(), model, heartbeat));
  }

  private Behavior<Command> await(
      Assignment order, ArtifactId version, BiFunction<LanguageModel, Heartbeat, Output> work) {
    ModelWork.await(getContext(), parameters, order, version, work, ParametersFound::new);
    return this;
  }

  private Behavior<Command> onParametersFound(ParametersFound found) {
    found.work().perform(models, node.stop());
    return this;
  }

  private Output sample(Work.SampleShard work, LanguageModel model, Heartbeat heartbeat) {
    List<PromptResponses> prompts =
        JsonArtifacts.readLines(node.store(), work.prompts(), PromptResponses.class);
    return Output.of(
        JsonArtifacts.writeLines(
            node.store(), sample(prompts, work.purpose(), work.iteration(), model, heartbeat)));
  }

  private Output resample(Work.ResampleShard work, LanguageModel model, Heartbeat heartbeat) {
    Set<Integer> selected =
        JsonArtifacts.read(node.store(), work.selected(), new TypeReference<>() {});
    List<PromptResponses> lines =
        JsonArtifacts.readLines(node.store(), work.labelled(), PromptResponses.class);
    Iterator<PromptResponses> sampled =
        sample(
                lines.stream().filter(line -> selected.contains(line.id())).toList(),
                Purpose.TRAINING,
                work.iteration(),
                model,
                heartbeat)
            .iterator();
    return Output.of(
        JsonArtifacts.writeLines(
            node.store(),
            lines.stream()
                .map(line -> selected.contains(line.id()) ? sampled.next() : line)
                .toList()));
  }

  private List<PromptResponses> sample(
      List<PromptResponses> prompts,
      Purpose purpose,
      int iteration,
      LanguageModel model,
      Heartbeat heartbeat) {
    heartbeat.beat();
    boolean training = purpose == Purpose.TRAINING;
    SamplingOptions options =
        training ? node.spec().settings().sampling() : node.spec().settings().evaluation();
    String name = training ? "sample" : "evaluate";
    long seed = node.spec().settings().seed();
    RandomStream[][] streams = new RandomStream[prompts.size()][options.responses()];
    for (int p = 0; p < prompts.size(); p++) {
      for (int r = 0; r < options.responses(); r++) {
        streams[p][r] = RandomStream.of(seed, name, iteration, prompts.get(p).id(), r);
      }
    }
    List<List<SampledResponse>> sampled =
        model.generate(
            prompts.stream().map(PromptResponses::promptTokens).toList(),
            options,
            (prompt, response, position) -> streams[prompt][response].uniform(position),
            (prompt, response, tokens) -> {
              heartbeat.beat();
              return true;
            });
    List<PromptResponses> lines = new ArrayList<>();
    for (int p = 0; p < prompts.size(); p++) {
      lines.add(prompts.get(p).with(sampled.get(p).stream().map(this::withText).toList(), null));
    }
    return lines;
  }

  private Response withText(SampledResponse sampled) {
    return new Response(
        node.tokenizer().decode(sampled.tokens()), sampled.tokens(), sampled.logp(), null, null);
  }
}
