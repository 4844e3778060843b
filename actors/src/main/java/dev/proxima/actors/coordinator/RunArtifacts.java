package dev.proxima.actors.coordinator;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.Work;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A run as its journal has it, and what of a store it needs.
 *
 * @param spec what the run is
 * @param outputs the outputs of the work that is done
 */
public record RunArtifacts(RunSpec spec, Map<Work, Output> outputs) {

  /**
   * The run that a coordinator's events tell of, its specification out of {@code store}; empty
   * where none has started.
   *
   * @throws dev.proxima.actors.artifacts.ArtifactException where the specification is not there
   */
  public static Optional<RunArtifacts> replay(List<CoordinatorEvent> events, ArtifactStore store) {
    RunState state = new RunState();
    events.forEach(state::apply);
    return Optional.ofNullable(state.fingerprint())
        .map(ArtifactId::new)
        .map(id -> JsonArtifacts.read(store, id, new TypeReference<RunSpec>() {}))
        .map(spec -> new RunArtifacts(spec, state.outputs()));
  }

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
}
