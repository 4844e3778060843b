package dev.proxima.experiments.run;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.node.ModelRewarder;
import dev.proxima.actors.node.Rewarder;
import dev.proxima.actors.node.Rewards;
import dev.proxima.actors.run.RewardSource;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.algorithms.preference.RewardFunction;
import dev.proxima.experiments.UserError;
import dev.proxima.experiments.config.RewardModelSettings;
import dev.proxima.experiments.data.PromptedResponses.Strings;
import dev.proxima.models.ModelEngine;
import dev.proxima.models.ModelFolder;
import dev.proxima.models.RewardEncoder;
import dev.proxima.models.RewardFolder;
import dev.proxima.models.djl.DjlTokenizer;
import dev.proxima.models.io.FileTrees;
import dev.proxima.models.tokenizer.Message;
import dev.proxima.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A reward model by which sampled responses become pairs. It lies in the artefact store, so that
 * every node has the same one, and its content is part of what names a run.
 */
final class Judge implements AutoCloseable {

  private final RewardFolder folder;
  private final Tokenizer tokenizer;
  private final ModelRewarder rewarder;

  private Judge(RewardFolder folder, boolean conversational, ModelEngine engine) {
    ModelFolder model = folder.folder();
    this.folder = folder;
    this.tokenizer = DjlTokenizer.open(model.tokenizer());
    RewardEncoder encoder =
        new RewardEncoder(
            model,
            tokenizer,
            new RewardEncoder.Options(
                model.config().maxPositionEmbeddings(),
                RewardEncoder.Overlong.KEEP_END,
                true,
                !conversational),
            folder.padding());
    this.rewarder =
        new ModelRewarder(
            device -> engine.rewardModel(model.parameters(), model.config(), device),
            conversational
                ? (prompt, response) ->
                    encoder.conversation(List.of(new Message("user", prompt)), response)
                : encoder::text);
  }

  /**
   * Copies the user's reward model into the store.
   *
   * @throws UserError where the folder holds no reward model, or not the chat template or the end
   *     token that is needed
   */
  static RewardSource store(RewardModelSettings settings, ArtifactStore store) {
    boolean conversational = settings.strings() == Strings.CHAT;
    try {
      RewardFolder folder = RewardFolder.open(settings.folder());
      try (Tokenizer tokenizer = DjlTokenizer.open(folder.folder().tokenizer())) {
        if (conversational) {
          folder.folder().chatEncoder(tokenizer);
        }
      }
      SortedMap<String, ArtifactId> files = new TreeMap<>();
      for (Path file : folder.files()) {
        files.put(file.getFileName().toString(), store.write(target -> copy(file, target)));
      }
      return new RewardSource(files, conversational);
    } catch (IllegalArgumentException e) {
      throw new UserError(e.getMessage(), e);
    }
  }

  /**
   * Opens the reward model of a run, which is loaded when a worker first asks for a reward.
   *
   * @return null where the run has none
   */
  static Judge open(RunSpec spec, ArtifactStore store, ModelEngine engine) {
    if (spec.rewards() == null) {
      return null;
    }
    return new Judge(
        new RewardFolder(ModelFolder.open(linked(spec.rewards().files(), store))),
        spec.rewards().conversational(),
        engine);
  }

  /**
   * Who rewards a run's responses: in training the judge where there is one, in evaluation the
   * task.
   *
   * @param judge may be null
   * @return null where pairs are given
   */
  static Rewards rewards(RunSpec spec, Judge judge) {
    return DataPreparation.reward(spec).map(task -> rewards(task, judge)).orElse(null);
  }

  private static Rewards rewards(RewardFunction task, Judge judge) {
    return judge == null ? Rewards.of(task) : new Rewards(judge.rewarder, Rewarder.of(task));
  }

  @Override
  public void close() {
    rewarder.close();
    tokenizer.close();
    try {
      FileTrees.delete(folder.folder().path());
    } catch (IOException e) {
      // A folder of links in the system's temporary folder is harmless.
    }
  }

  private static void copy(Path file, Path target) {
    try {
      Files.copy(file, target);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be copied: " + e, e);
    }
  }

  /** A folder in which the artefacts have their names again. */
  private static Path linked(Map<String, ArtifactId> files, ArtifactStore store) {
    try {
      Path folder = Files.createTempDirectory("proxima-reward-model-");
      for (Map.Entry<String, ArtifactId> file : files.entrySet()) {
        Files.createSymbolicLink(
            folder.resolve(file.getKey()), store.read(file.getValue()).toAbsolutePath());
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
