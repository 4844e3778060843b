package dev.proxima.experiments.run;

import dev.proxima.experiments.config.RewardModelConfig;
import dev.proxima.experiments.report.TrainingKind;
import dev.proxima.experiments.run.TrainingCheckpoints.Checkpoint;
import dev.proxima.models.ModelFolder;
import dev.proxima.models.ResponseEncoder;
import dev.proxima.models.RewardEncoder;
import dev.proxima.models.RewardFolder;
import dev.proxima.models.RewardPair;
import dev.proxima.models.RewardTrainer;
import dev.proxima.models.TrainingMetrics;
import dev.proxima.models.djl.DjlTokenizer;
import dev.proxima.models.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** The training of a reward model on given pairs, with the steps of TRL's {@code RewardTrainer}. */
final class RewardModelRun implements PairsTask<RewardPair, RewardTrainer> {

  private final PairsContext<RewardModelConfig> context;
  private final RewardModelConfig config;

  RewardModelRun(PairsContext<RewardModelConfig> context) {
    this.context = context;
    this.config = context.config();
  }

  /** A classifier with several labels is none. */
  @Override
  public void check(ModelFolder start) {
    new RewardFolder(start).isTrained();
  }

  @Override
  public Optional<List<RewardPair>> examples(ModelFolder model, RunFolder folder) {
    GivenPairs given = context.given();
    try (Tokenizer tokenizer = DjlTokenizer.open(model.tokenizer())) {
      ResponseEncoder.Options encoding = given.encoding(model);
      List<RewardPair> pairs =
          given.rewarded(
              new RewardEncoder(
                  model,
                  tokenizer,
                  new RewardEncoder.Options(
                      encoding.maxLength(),
                      RewardEncoder.Overlong.LEAVE_OUT,
                      encoding.specialTokens(),
                      encoding.endToken()),
                  new RewardFolder(model).trainingPadding(tokenizer)));
      context.terminal().line(given.description(pairs.size()));
      return Optional.of(pairs);
    }
  }

  @Override
  public RewardTrainer trainer(ModelFolder model, Path parameters, int steps) {
    return context
        .engine()
        .rewardTrainer(
            parameters,
            model.config(),
            config.device(),
            config.optimisation().over(steps, config.seed()),
            new RewardFolder(model).head(config.seed()));
  }

  @Override
  public SortedMap<String, Double> step(RewardTrainer trainer, List<RewardPair> batch) {
    return TrainingMetrics.of(trainer.prefer(batch, config.loss()));
  }

  @Override
  public void save(ModelFolder model, RewardTrainer trainer, Checkpoint last, RunFolder folder) {
    RewardFolder start = new RewardFolder(model);
    try (Tokenizer tokenizer = DjlTokenizer.open(model.tokenizer())) {
      start.saveWith(folder.finalModel(), last.parameters(), start.trainingPadding(tokenizer));
    }
  }

  @Override
  public TrainingKind kind() {
    return TrainingKind.rewardModel(config.loss().centring());
  }
}
