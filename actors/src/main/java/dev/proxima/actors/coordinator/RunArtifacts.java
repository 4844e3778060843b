package dev.proxima.actors.coordinator;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.artifacts.Reclaimed;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.Work;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A run as its journal has it, and what of a store it needs.
 *
 * @param spec what the run is
 * @param outputs the outputs of the work that is done
 */
public record RunArtifacts(RunSpec spec, Map<Work, Output> outputs) {

  /**
   * All artefacts that specification and journal name, the specification itself among them, but for
   * superseded parameters and optimiser states: those that no work left to do reads and no result
   * names, as a replica's once they are averaged. A run can go on with these alone, and report.
   */
  public Set<ArtifactId> live() {
    Set<ArtifactId> live = new RunPlan(spec).needed(outputs);
    live.addAll(JsonArtifacts.namedBy(spec));
    live.add(JsonArtifacts.idOf(spec));
    outputs.forEach(
        (work, output) ->
            live.addAll(
                work.makesParameters()
                    ? JsonArtifacts.namedBy(output.log())
                    : JsonArtifacts.namedBy(output)));
    return live;
  }

  /**
   * Deletes what none of the runs in a store needs.
   *
   * @param runs all that there are in the store, whether they are at work or not
   * @param grace see {@link ArtifactStore#retain}
   */
  public static Reclaimed collect(
      ArtifactStore store, Collection<RunArtifacts> runs, Duration grace) {
    Set<ArtifactId> live = new HashSet<>();
    runs.forEach(run -> live.addAll(run.live()));
    return store.retain(live, grace);
  }
}
