package dev.proxima.actors.work;

import dev.proxima.actors.artifacts.ArtifactException;
import dev.proxima.actors.artifacts.NoRoomException;
import dev.proxima.algorithms.text.FirstLine;
import dev.proxima.models.RingBrokenException;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;

/** What all workers have in common: an assignment is answered on every path. */
public final class Worker {

  private Worker() {}

  /**
   * Does the assigned work and answers with its result. A failure is answered and then thrown on,
   * so that supervision restarts the worker with a clean state; only a bad artefact and a full
   * disk, which are not the worker's fault, and a cancellation end here.
   *
   * @param work gives null where it has only helped another worker, which answers with the result
   */
  public static void answer(Assignment assignment, Supplier<Output> work) {
    try {
      Output output = work.get();
      assignment.replyTo().tell(result(assignment, output));
    } catch (ArtifactException e) {
      fail(assignment, e);
    } catch (RingBrokenException e) {
      assignment.replyTo().tell(new WorkReply.Deserted(assignment.lease(), e.getMessage()));
    } catch (CancellationException e) {
      fail(assignment, e.getMessage(), false);
    } catch (LinkageError e) {
      fail(assignment, e.toString(), false);
      // A native library that does not fit ends the work; the bare error would end the JVM.
      throw new IllegalStateException(e);
    } catch (RuntimeException | Error e) {
      fail(assignment, e.toString(), false);
      throw e;
    }
  }

  private static WorkReply result(Assignment assignment, Output output) {
    return output == null
        ? new WorkReply.Helped(assignment.lease())
        : new WorkReply.Done(assignment.lease(), assignment.work(), output);
  }

  /** Answers that the work failed, and whether it would again. */
  public static void fail(Assignment assignment, Throwable cause) {
    String reason = FirstLine.of(cause);
    if (cause instanceof NoRoomException) {
      WorkReply noRoom = new WorkReply.NoRoom(assignment.lease(), assignment.work(), reason);
      assignment.replyTo().tell(noRoom);
    } else {
      fail(assignment, reason, cause instanceof ArtifactException);
    }
  }

  private static void fail(Assignment assignment, String reason, boolean permanent) {
    assignment
        .replyTo()
        .tell(
            new WorkReply.Failed(
                assignment.lease(), assignment.work(), FirstLine.of(reason), permanent));
  }
}
