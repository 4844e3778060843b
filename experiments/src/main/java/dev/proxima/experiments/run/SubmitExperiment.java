package dev.proxima.experiments.run;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.cluster.Submission;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.experiments.UserError;
import dev.proxima.experiments.config.ExperimentConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Prepares an experiment for a cluster: its data and configuration go into the shared store. */
public final class SubmitExperiment {

  /** How many names of artefacts fit into one frame, see {@code proxima-remote.conf}. */
  static final int MOST_SHARDS = 20_000;

  private SubmitExperiment() {}

  /**
   * @param config with {@code out} on storage that every coordinator sees; a run that it holds
   *     already goes on
   * @param cluster opens the cluster's store, which may be in the run's folder
   * @throws UserError for what the user can mend; nothing has been written then
   */
  public static Submission prepare(ExperimentConfig config, Supplier<ArtifactStore> cluster) {
    RawData raw = RawData.load(config);
    boolean resume = Files.exists(config.out().resolve(RunFolder.CONFIG));
    RunFolder folder = RunFolder.open(config, new RunOptions(resume, false));
    try (ArtifactStore store = cluster.get()) {
      return prepare(config, resume, raw, store, folder);
    }
  }

  private static Submission prepare(
      ExperimentConfig config, boolean resume, RawData raw, ArtifactStore store, RunFolder folder) {
    PreparedRun prepared = RunExperiment.prepare(config, resume, raw, store, folder).run();
    try {
      checkFits(prepared.data());
    } catch (UserError e) {
      if (!resume) {
        folder.discard();
      }
      throw e;
    }
    ArtifactId resolved = store.write(path -> writeString(path, config.resolved()));
    ArtifactId data = prepared.store(store);
    String id =
        config.settings().name()
            + "-"
            + ArtifactId.of((config.fingerprint() + data).getBytes(StandardCharsets.UTF_8))
                .sha256()
                .substring(0, 8);
    return new Submission(id, resolved, data, folder.path().toAbsolutePath().toString());
  }

  /** Works name the shards of an iteration, or of the evaluation, all at once. */
  static void checkFits(RunSpec.Data data) {
    int longest =
        Stream.concat(data.iterations().stream(), Stream.of(data.evaluation()))
            .mapToInt(List::size)
            .max()
            .orElseThrow();
    if (longest > MOST_SHARDS) {
      throw new UserError(
          "%d shards are more than one message between nodes takes (%d); raise sampling.shard-prompts or evaluation.shard-prompts"
              .formatted(longest, MOST_SHARDS));
    }
  }

  private static void writeString(Path path, String text) {
    try {
      Files.writeString(path, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
