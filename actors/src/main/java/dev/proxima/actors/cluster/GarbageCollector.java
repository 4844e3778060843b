package dev.proxima.actors.cluster;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.proxima.actors.artifacts.ArtifactException;
import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.artifacts.Reclaimed;
import dev.proxima.actors.cluster.RunQueueEvent.RunSubmitted;
import dev.proxima.actors.coordinator.CoordinatorEvent;
import dev.proxima.actors.coordinator.RunArtifacts;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.persistence.jdbc.query.javadsl.JdbcReadJournal;
import org.apache.pekko.persistence.query.EventEnvelope;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.stream.javadsl.Sink;

/**
 * Deletes the artefacts that no run of a journal needs: reads the journal beside whoever writes it,
 * so it may run at any time and on any node. All runs in the store must be in that journal.
 */
public final class GarbageCollector {

  private GarbageCollector() {}

  /**
   * Collects garbage once. Fails without deleting anything where a journal names a specification
   * that cannot be read, or was written by a newer program.
   *
   * @param grace see {@link ArtifactStore#retain}
   */
  public static CompletionStage<Reclaimed> collect(
      ActorSystem<?> system, ArtifactStore store, Duration grace) {
    JdbcReadJournal journal =
        PersistenceQuery.get(system)
            .getReadJournalFor(JdbcReadJournal.class, JdbcReadJournal.Identifier());
    Executor files =
        system.dispatchers().lookup(DispatcherSelector.fromConfig("proxima.io-dispatcher"));
    return journal
        .currentPersistenceIds()
        .mapAsync(
            1,
            id ->
                journal
                    .currentEventsByPersistenceId(id, 0, Long.MAX_VALUE)
                    .map(EventEnvelope::event)
                    .runWith(Sink.seq(), system)
                    .thenApplyAsync(events -> live(events, store), files))
        .runWith(Sink.seq(), system)
        .thenApplyAsync(sets -> store.retain(union(sets), grace), files);
  }

  /** What the events of one journal need: a run's, or those of the queue of runs. */
  static Set<ArtifactId> live(List<Object> events, ArtifactStore store) {
    if (events.stream().anyMatch(GarbageCollector::isOfLaterVersion)) {
      throw new ArtifactException(
          "the journal was written by a newer Proxima; collect garbage with that one");
    }
    Set<ArtifactId> live = new HashSet<>();
    RunArtifacts.replay(only(events, CoordinatorEvent.class), store)
        .ifPresent(run -> live.addAll(run.live()));
    for (RunSubmitted submitted : only(events, RunSubmitted.class)) {
      live.addAll(JsonArtifacts.namedBy(submitted.run()));
      live.addAll(
          JsonArtifacts.namedBy(
              JsonArtifacts.read(store, submitted.run().data(), new TypeReference<JsonNode>() {})));
    }
    return live;
  }

  /** What it names is not known. */
  private static boolean isOfLaterVersion(Object event) {
    return event instanceof CoordinatorEvent.OfLaterVersion
        || event instanceof RunQueueEvent.OfLaterVersion;
  }

  private static Set<ArtifactId> union(List<Set<ArtifactId>> sets) {
    Set<ArtifactId> union = new HashSet<>();
    sets.forEach(union::addAll);
    return union;
  }

  private static <E> List<E> only(List<Object> events, Class<E> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }
}
