package dev.proxima.experiments.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.proxima.experiments.LogFile;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** An actor system with the transport of nodes and clients; its root keeps what it is told. */
final class Peer implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 60;
  private static final long FAREWELL_SECONDS = 10;

  private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
  private final ActorSystem<Object> system;

  /**
   * @param tls the folder of its files; empty for none
   * @param changes laid over what ships
   */
  Peer(String name, Optional<Path> tls, Map<String, ?> changes) {
    Config config =
        Security.of(tls, false)
            .layer()
            .withFallback(ConfigFactory.parseMap(changes))
            .withFallback(
                ConfigFactory.parseString("pekko.remote.artery.canonical.hostname = \"127.0.0.1\""))
            .withFallback(ConfigFactory.parseResources("proxima-client.conf"))
            .withFallback(ConfigFactory.load())
            .resolve();
    LogFile.open();
    system =
        ActorSystem.create(
            Behaviors.receiveMessage(
                message -> {
                  heard.add(message);
                  return Behaviors.same();
                }),
            name,
            config);
  }

  /** Where others reach it. */
  int port() {
    return system.address().getPort().orElseThrow();
  }

  /** Tells another's root, and does not hear what becomes of it. */
  void tell(String name, int port, Object message) {
    Adapter.toClassic(system)
        .actorSelection("pekko://%s@127.0.0.1:%d/user".formatted(name, port))
        .tell(message, ActorRef.noSender());
  }

  /** The next message that its root has been told; fails where none comes. */
  Object next() throws InterruptedException {
    Object message = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(message).as("a message within %d s", PATIENCE_SECONDS).isNotNull();
    return message;
  }

  /** Whether there is a message that {@link #next} has not yet returned. */
  boolean hasHeardMore() {
    return !heard.isEmpty();
  }

  /** Pekko may wait without end for a stream to whoever refused it; then the JVM's end is its. */
  @Override
  public void close() throws Exception {
    system.terminate();
    try {
      system.getWhenTerminated().toCompletableFuture().get(FAREWELL_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      // What the test asserts, it has asserted.
    }
  }
}
