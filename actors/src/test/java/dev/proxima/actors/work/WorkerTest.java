package dev.proxima.actors.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.proxima.actors.artifacts.ArtifactException;
import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.NoRoomException;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;

/** However the work ends, there is exactly one answer. */
class WorkerTest {

  private static final ArtifactId ID = new ArtifactId("0".repeat(64));

  private record Order(String lease, Work work, ActorRef<WorkReply> replyTo)
      implements Assignment {}

  private final TestInbox<WorkReply> replies = TestInbox.create();
  private final Order order = new Order("l", new Work.FineTune(ID), replies.getRef());

  @Test
  void aResultIsAnswered() {
    Worker.answer(order, () -> Output.of(ID));
    assertAnswer(new WorkReply.Done("l", order.work(), Output.of(ID)));
  }

  @Test
  void aBadArtefactIsAPermanentFailureOfTheWorkAlone() {
    Worker.answer(order, throwing(new ArtifactException("damaged")));
    assertAnswer(new WorkReply.Failed("l", order.work(), "damaged", true));
  }

  @Test
  void aFullDiskIsNoFailure() {
    Worker.answer(order, throwing(new NoRoomException("/disk is full")));
    assertAnswer(new WorkReply.NoRoom("l", order.work(), "/disk is full"));
  }

  @Test
  void aCancellationEndsTheWorkAlone() {
    Worker.answer(order, throwing(new CancellationException("stopped")));
    assertAnswer(new WorkReply.Failed("l", order.work(), "stopped", false));
  }

  @Test
  void anyOtherFailureIsAnsweredInOneLineAndThrownOn() {
    RuntimeException failure = new IllegalStateException("first line\nsecond line");
    assertThatThrownBy(() -> Worker.answer(order, throwing(failure))).isSameAs(failure);
    assertAnswer(
        new WorkReply.Failed(
            "l", order.work(), "java.lang.IllegalStateException: first line", false));
  }

  @Test
  void anErrorIsAnsweredAndThrownOn() {
    Error error = new AssertionError("impossible");
    assertThatThrownBy(() -> Worker.answer(order, throwing(error))).isSameAs(error);
    assertAnswer(
        new WorkReply.Failed("l", order.work(), "java.lang.AssertionError: impossible", false));
  }

  /** Pekko ends the JVM when a LinkageError leaves an actor. */
  @Test
  void aNativeLibraryThatDoesNotFitIsAFailureThatSupervisionHandles() {
    Error error = new UnsatisfiedLinkError("no such symbol");
    assertThatThrownBy(() -> Worker.answer(order, throwing(error)))
        .isInstanceOf(IllegalStateException.class)
        .hasCause(error);
    assertAnswer(
        new WorkReply.Failed(
            "l", order.work(), "java.lang.UnsatisfiedLinkError: no such symbol", false));
  }

  private void assertAnswer(WorkReply expected) {
    assertThat(replies.getAllReceived()).containsExactly(expected);
  }

  private static Supplier<Output> throwing(RuntimeException failure) {
    return () -> {
      throw failure;
    };
  }

  private static Supplier<Output> throwing(Error error) {
    return () -> {
      throw error;
    };
  }
}
