package dev.proxima.experiments.config;

import com.typesafe.config.Config;
import dev.proxima.actors.coordinator.LeasePolicy;
import dev.proxima.actors.run.RunSettings;
import dev.proxima.algorithms.objective.PairDetail;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.Precision;
import dev.proxima.models.tokenizer.ChatFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A whole experiment, as its configuration file, the command line and the defaults describe it.
 *
 * @param settings what a result depends on beside data and model shape
 * @param data where the data come from
 * @param vocabularySize tokens to train the tokenizer to, special tokens included
 * @param model the model's shape but for the vocabulary
 * @param rewardModel what sampled responses are paired by; the task itself where it is empty
 * @param samplingShardPrompts prompts in one piece of sampling work
 * @param evaluationShardPrompts held-out prompts or pairs in one piece of evaluation work
 * @param out the run's folder
 * @param devices each gets its own policy, reference and sampler actor; at least one
 * @param engine how tensors are computed
 * @param checkpointSteps optimiser steps between two checkpoints of a training; 0 for only one at
 *     its end
 * @param leases how work is lent to workers
 * @param artifacts where responses, parameters and other artefacts are kept
 * @param resolved all keys with their values as HOCON, sorted: {@code config.resolved.conf}
 */
public record ExperimentConfig(
    RunSettings settings,
    DataSettings data,
    int vocabularySize,
    ModelShape model,
    Optional<RewardModelSettings> rewardModel,
    int samplingShardPrompts,
    int evaluationShardPrompts,
    Path out,
    List<ComputeDevice> devices,
    EngineOptions engine,
    int checkpointSteps,
    LeasePolicy leases,
    ArtifactSettings artifacts,
    String resolved)
    implements RunConfig {

  /** All bytes and the special tokens. */
  static final int MIN_VOCABULARY = 256 + ChatFormat.SPECIAL_TOKENS.size();

  private static final int SHORTEST_PROMPT = 1;

  /**
   * Reads a file, with {@code overrides} over it and the defaults below it.
   *
   * @throws dev.proxima.experiments.UserError one line that names file, key, value and the mend
   */
  public static ExperimentConfig load(Path file, Overrides overrides) {
    return of(ConfigLayers.checked(file, overrides));
  }

  static ExperimentConfig of(Config config) {
    Section root = new Section("", config);
    ExperimentConfig experiment =
        new ExperimentConfig(
            RunSettingsReader.read(root),
            DataSettings.read(root.section("data")),
            root.section("tokenizer").count("vocab-size", MIN_VOCABULARY),
            ModelShape.read(root.section("model")),
            RewardModelSettings.read(root.section("sampling").section("reward-model")),
            root.section("sampling").count("shard-prompts", 1),
            root.section("evaluation").count("shard-prompts", 1),
            root.file("out", "the path of a folder"),
            devices(root),
            engine(root),
            root.section("training").count("checkpoint-steps", 0),
            leases(root.section("leases")),
            ArtifactSettings.read(root.section("artifacts")),
            ConfigLayers.render(config));
    experiment.checkLengths(root);
    experiment.checkExploration(root.section("exploration"));
    experiment.checkJudged(root);
    experiment.checkRewardModel(root.section("sampling").section("reward-model"));
    LoraReader.checkTargets(
        root.section("training").section("lora"),
        experiment.settings.training().optimisation().lora(),
        experiment.model.withVocabulary(experiment.vocabularySize, 0, 0));
    return experiment;
  }

  /**
   * Of everything but {@code out}, {@code devices}, {@code threads}, {@code checkpoint-steps},
   * {@code leases} and {@code artifacts}.
   */
  @Override
  public String fingerprint() {
    return RunConfig.fingerprint(
        List.of(
            settings,
            data,
            vocabularySize,
            model,
            rewardModel.toString(),
            engine.withThreads(0),
            samplingShardPrompts,
            evaluationShardPrompts));
  }

  static List<ComputeDevice> devices(Section root) {
    return root.list(
        "devices", ComputeDevice::parse, "a list such as [cpu] or [\"cuda:0\", \"cuda:1\"]");
  }

  static EngineOptions engine(Section root) {
    Section engine = root.section("engine");
    return new EngineOptions(
        root.count("threads", 0),
        engine.choice("precision", Precision.class),
        engine.flag("activation-checkpointing"),
        (long) engine.count("generation-cache", 1) << 20);
  }

  private static LeasePolicy leases(Section leases) {
    return new LeasePolicy(leases.duration("time-out"), leases.count("attempts", 1));
  }

  private void checkLengths(Section root) {
    int longest = model.maxPositionEmbeddings();
    int room;
    if (data instanceof DataSettings.Pairs pairs) {
      room = longest - pairs.maxPromptTokens();
      checkFits(root.section("data"), "max-response-tokens", pairs.maxResponseTokens(), room);
    } else {
      room = longest - SHORTEST_PROMPT;
      checkFits(
          root.section("sampling"), "max-new-tokens", settings.sampling().maxNewTokens(), room);
    }
    checkFits(
        root.section("evaluation"), "max-new-tokens", settings.evaluation().maxNewTokens(), room);
  }

  private void checkJudged(Section root) {
    boolean judged = data instanceof DataSettings.Reviews;
    root.section("training")
        .check(
            "objective",
            judged || !settings.training().needs(PairDetail.REWARDS),
            settings,
            "one that needs no rewards: the pairs of data.task = pairs have none");
  }

  private void checkRewardModel(Section rewards) {
    rewards.check(
        "folder",
        rewardModel.isEmpty() || data instanceof DataSettings.Reviews,
        rewardModel,
        "null, since given pairs need no rewards");
  }

  private void checkExploration(Section exploration) {
    exploration.check(
        "select",
        settings.exploration().choosesAll() || data instanceof DataSettings.Reviews,
        settings.exploration().rule().name().toLowerCase(Locale.ROOT),
        "all, since given pairs have no prompts to sample for");
  }

  private void checkFits(Section section, String key, int tokens, int room) {
    section.check(
        key,
        tokens <= room,
        tokens,
        "at most %d, so that prompt and response fit model.max-position-embeddings = %d"
            .formatted(room, model.maxPositionEmbeddings()));
  }
}
