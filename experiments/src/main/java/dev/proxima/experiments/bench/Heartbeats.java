package dev.proxima.experiments.bench;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.proxima.actors.serialization.CborSerializable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Asks nodes for a sign of life again and again over the transport of the actors' messages, as a
 * cluster's failure detector does, and takes how long each has been silent at most. For use by any
 * number of threads.
 */
final class Heartbeats implements AutoCloseable {

  static final Duration INTERVAL = Duration.ofMillis(100);

  /** Asks a node for a sign of life. */
  record Beat(ActorRef<Answer> replyTo) implements CborSerializable {}

  record Answer() implements CborSerializable {}

  private record Next() {}

  /** How long one node has been silent. */
  private static final class Silence {

    private long heard = System.nanoTime();
    private long longest;

    synchronized void end() {
      long now = System.nanoTime();
      longest = Math.max(longest, now - heard);
      heard = now;
    }

    synchronized void forget() {
      longest = 0;
      heard = System.nanoTime();
    }

    synchronized long longest() {
      return Math.max(longest, System.nanoTime() - heard);
    }
  }

  private final ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "bench", config());
  private final List<Silence> silences = new CopyOnWriteArrayList<>();

  /** Answers those who ask; returns where they find it. */
  static String answer() {
    ActorSystem<Beat> node =
        ActorSystem.create(
            Behaviors.receiveMessage(
                beat -> {
                  beat.replyTo().tell(new Answer());
                  return Behaviors.same();
                }),
            "node",
            config());
    return ActorRefResolver.get(node).toSerializationFormat(node);
  }

  private static Config config() {
    return ConfigFactory.parseString("pekko.remote.artery.canonical.hostname = \"127.0.0.1\"")
        .withFallback(ConfigFactory.parseResources("proxima-client.conf"))
        .withFallback(ConfigFactory.load())
        .resolve();
  }

  /**
   * Begins to ask a node.
   *
   * @param node what its {@link #answer} returned
   */
  void ask(String node) {
    Silence silence = new Silence();
    silences.add(silence);
    ActorRef<Beat> peer = ActorRefResolver.get(system).resolveActorRef(node);
    system.systemActorOf(asking(peer, silence), "beats-" + silences.size(), Props.empty());
  }

  private static Behavior<Object> asking(ActorRef<Beat> peer, Silence silence) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  timers.startTimerAtFixedRate(new Next(), INTERVAL);
                  return Behaviors.receive(Object.class)
                      .onMessage(
                          Next.class,
                          next -> {
                            peer.tell(new Beat(context.getSelf().narrow()));
                            return Behaviors.same();
                          })
                      .onMessage(
                          Answer.class,
                          answer -> {
                            silence.end();
                            return Behaviors.same();
                          })
                      .build();
                }));
  }

  /** Takes the time anew. */
  void forget() {
    silences.forEach(Silence::forget);
  }

  /** How long the most silent node has been so since {@link #forget}, in seconds. */
  double longestSilence() {
    return silences.stream().mapToLong(Silence::longest).max().orElse(0)
        / (double) TimeUnit.SECONDS.toNanos(1);
  }

  @Override
  public void close() {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().join();
  }
}
