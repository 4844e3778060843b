package dev.proxima.actors.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.WorkReply;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;

class HeartbeatTest {

  private final TestInbox<WorkReply> coordinator = TestInbox.create();
  private final StopSignal stop = new StopSignal();
  private final long[] now = {17};
  private final Heartbeat heartbeat =
      new Heartbeat(
          new PolicyActor.FineTune(
              "l", new Work.FineTune(new ArtifactId("0".repeat(64))), coordinator.getRef()),
          stop,
          () -> now[0]);

  @Test
  void renewsTheLeaseOnceASecond() {
    for (int tenth = 1; tenth <= 35; tenth++) {
      now[0] += Duration.ofMillis(100).toNanos();
      heartbeat.beat();
    }
    assertThat(coordinator.getAllReceived()).hasSize(3).containsOnly(new WorkReply.Progressed("l"));
  }

  @Test
  void leavesTheWorkOfANodeThatStops() {
    heartbeat.beat();
    stop.stop();
    assertThatThrownBy(heartbeat::beat)
        .isInstanceOf(CancellationException.class)
        .hasMessage("the run was stopped");
  }
}
