package dev.proxima.actors.cluster;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.proxima.actors.serialization.CborSerializable;

/** What the journal of the queue of runs holds. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
  @JsonSubTypes.Type(value = RunQueueEvent.EpochBegan.class, name = "epoch-began"),
  @JsonSubTypes.Type(value = RunQueueEvent.RunSubmitted.class, name = "run-submitted"),
  @JsonSubTypes.Type(value = RunQueueEvent.RunEnded.class, name = "run-ended"),
})
public sealed interface RunQueueEvent extends CborSerializable {

  /** An incarnation of the queue took over; what earlier ones say no longer counts. */
  record EpochBegan(long epoch) implements RunQueueEvent {}

  record RunSubmitted(Submission run) implements RunQueueEvent {}

  record RunEnded(String id, RunStatus status) implements RunQueueEvent {}
}
