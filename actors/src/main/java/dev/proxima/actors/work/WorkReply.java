package dev.proxima.actors.work;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.proxima.actors.serialization.CborSerializable;

/** What a worker tells the coordinator about an {@link Assignment}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "reply")
@JsonSubTypes({
  @JsonSubTypes.Type(value = WorkReply.Stepped.class, name = "stepped"),
  @JsonSubTypes.Type(value = WorkReply.Progressed.class, name = "progressed"),
  @JsonSubTypes.Type(value = WorkReply.Done.class, name = "done"),
  @JsonSubTypes.Type(value = WorkReply.Failed.class, name = "failed"),
  @JsonSubTypes.Type(value = WorkReply.NoRoom.class, name = "no-room"),
  @JsonSubTypes.Type(value = WorkReply.Helped.class, name = "helped"),
  @JsonSubTypes.Type(value = WorkReply.Deserted.class, name = "deserted"),
})
public sealed interface WorkReply extends CborSerializable {

  String lease();

  /** Renews the lease: an optimiser step was made. */
  record Stepped(String lease, StepMetrics metrics) implements WorkReply {}

  /** Renews the lease: the worker is at it. */
  record Progressed(String lease) implements WorkReply {}

  record Done(String lease, Work work, Output output) implements WorkReply {}

  /**
   * @param reason one line
   * @param permanent whether another worker would fail likewise, as with a corrupt artefact
   */
  record Failed(String lease, Work work, String reason, boolean permanent) implements WorkReply {}

  /**
   * A disk has no room for what the work needs or makes; it succeeds when there is some.
   *
   * @param reason one line that says which disk
   */
  record NoRoom(String lease, Work work, String reason) implements WorkReply {}

  /** The worker has helped with a work whose result another one gives. */
  record Helped(String lease) implements WorkReply {}

  /**
   * A worker that this one did the work with is gone, which is no fault of the work's.
   *
   * @param reason one line
   */
  record Deserted(String lease, String reason) implements WorkReply {}
}
