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
  @JsonSubTypes.Type(value = RunQueueEvent.OfLaterVersion.class, name = "of-later-version"),
})
public sealed interface RunQueueEvent extends CborSerializable {

  /** An incarnation of the queue took over; what earlier ones say no longer counts. */
  record EpochBegan(long epoch) implements RunQueueEvent {}

  record RunSubmitted(Submission run) implements RunQueueEvent {}

  record RunEnded(String id, RunStatus status) implements RunQueueEvent {}

  /**
   * What {@link QueueJournalVersion} makes of an event that this program is too old for; never
   * written.
   *
   * @param name of the event in the journal
   */
  record OfLaterVersion(String name, int version) implements RunQueueEvent {}
}
