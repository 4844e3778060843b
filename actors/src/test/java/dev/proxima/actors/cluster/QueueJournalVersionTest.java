package dev.proxima.actors.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.cluster.RunQueueEvent.OfLaterVersion;
import dev.proxima.actors.cluster.RunQueueEvent.RunSubmitted;
import dev.proxima.actors.fixtures.ActorConfig;
import dev.proxima.actors.fixtures.UnigramRuns;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Events of the queue of runs in a journal of this version, of none, and of one to come. */
class QueueJournalVersionTest {

  private static final RunSubmitted EVENT = new RunSubmitted(UnigramRuns.submission("run"));

  private static ActorTestKit kit;

  @BeforeAll
  static void start() {
    kit = ActorTestKit.create(ActorConfig.inMemory());
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void presentEventsCarryThePresentVersion() {
    assertThat(serializer().manifest(EVENT))
        .isEqualTo(RunSubmitted.class.getName() + "#" + QueueJournalVersion.CURRENT);
    assertThat(readAs(serializer().manifest(EVENT))).isEqualTo(EVENT);
  }

  @Test
  void anEventOfALaterVersionIsKnownAsSuchByItsName() {
    assertThat(readAs(RunSubmitted.class.getName() + "#9"))
        .isEqualTo(new OfLaterVersion("run-submitted", 9));
  }

  private static Object readAs(String manifest) {
    return serialization()
        .deserialize(serializer().toBinary(EVENT), serializer().identifier(), manifest)
        .get();
  }

  private static SerializerWithStringManifest serializer() {
    return (SerializerWithStringManifest) serialization().findSerializerFor(EVENT);
  }

  private static Serialization serialization() {
    return SerializationExtension.get(kit.system());
  }
}
