package dev.proxima.experiments.cluster;

import dev.proxima.actors.cluster.Submission;
import dev.proxima.experiments.UserError;
import dev.proxima.experiments.config.ArtifactSettings;
import dev.proxima.experiments.config.ExperimentConfig;
import dev.proxima.experiments.config.Overrides;
import dev.proxima.experiments.config.RunConfig;
import dev.proxima.experiments.run.SubmitExperiment;
import java.nio.file.Path;
import java.util.Optional;

/** Makes submissions out of configuration files. */
public final class Submissions {

  private Submissions() {}

  /**
   * Prepares the experiment's data in the cluster's store.
   *
   * @param overrides without {@code out} the run's folder is in the cluster's
   * @throws UserError for what the user can mend
   */
  public static Submission prepare(Path file, Overrides overrides, Path state) {
    if (!(RunConfig.load(file, overrides) instanceof ExperimentConfig given)) {
      throw new UserError(file + ": task: a cluster runs task = apo; use proxima run");
    }
    if (!given.artifacts().equals(ArtifactSettings.DEFAULT)) {
      throw new UserError(
          file + ": artifacts: a cluster keeps them where its cluster.conf says; leave them out");
    }
    StateFolder folder = StateFolder.at(state);
    ExperimentConfig config =
        overrides.out().isPresent()
            ? given
            : ExperimentConfig.load(
                file,
                new Overrides(
                    overrides.assignments(),
                    Optional.of(
                        folder
                            .runs()
                            .resolve(
                                given.settings().name()
                                    + "-"
                                    + given.fingerprint().substring(0, 8))),
                    overrides.seed()));
    return SubmitExperiment.prepare(config, folder::openArtifacts);
  }
}
