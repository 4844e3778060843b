package dev.proxima.actors.node;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.work.Assignment;
import dev.proxima.actors.work.Output;
import dev.proxima.models.LanguageModel;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;

/**
 * Work with a frozen model whose parameters the node's cache has been asked for: what sampler and
 * reference actors have in common.
 */
record ModelWork(
    Assignment order,
    ArtifactId parameters,
    BiFunction<LanguageModel, Heartbeat, Output> work,
    ParameterCache.Reply reply) {

  /** Asks for the parameters; the worker receives {@code wrap} of what is then to be done. */
  static <C> void await(
      ActorContext<C> worker,
      ActorRef<ParameterCache.Command> cache,
      Assignment order,
      ArtifactId parameters,
      BiFunction<LanguageModel, Heartbeat, Output> work,
      Function<ModelWork, C> wrap) {
    ParameterCache.acquire(
        worker,
        cache,
        parameters,
        reply -> wrap.apply(new ModelWork(order, parameters, work, reply)));
  }

  /** Does the work and answers the order, or answers why there are no parameters. */
  void perform(DeviceModels models, StopSignal stop) {
    Heartbeat heartbeat = new Heartbeat(order, stop);
    ParameterCache.answer(
        order, reply, file -> models.with(parameters, file, model -> work.apply(model, heartbeat)));
  }
}
