package dev.proxima.actors.coordinator;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.proxima.actors.serialization.CborSerializable;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.Work;

/** What the coordinator's journal holds: all that a run cannot compute again for free. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
  @JsonSubTypes.Type(value = CoordinatorEvent.RunStarted.class, name = "run-started"),
  @JsonSubTypes.Type(value = CoordinatorEvent.EpochBegan.class, name = "epoch-began"),
  @JsonSubTypes.Type(value = CoordinatorEvent.WorkCompleted.class, name = "work-completed"),
  @JsonSubTypes.Type(value = CoordinatorEvent.OfLaterVersion.class, name = "of-later-version"),
})
public sealed interface CoordinatorEvent extends CborSerializable {

  /**
   * @param fingerprint of the run's specification
   */
  record RunStarted(String fingerprint) implements CoordinatorEvent {}

  /**
   * A coordinator took over on some node. Since a journal takes each sequence number once, nothing
   * that an earlier one still writes can follow.
   */
  record EpochBegan(long epoch) implements CoordinatorEvent {}

  record WorkCompleted(Work work, Output output) implements CoordinatorEvent {}

  /**
   * What {@link JournalVersion} makes of an event that this program is too old for; never written.
   */
  record OfLaterVersion(int version) implements CoordinatorEvent {}
}
