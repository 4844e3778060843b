package dev.proxima.experiments.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.proxima.algorithms.preference.BradleyTerryLoss;
import dev.proxima.experiments.UserError;
import dev.proxima.experiments.config.PairsConfig.Folder;
import dev.proxima.experiments.data.PromptedResponses.Strings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RewardModelConfigTest {

  private static final String REWARD = "task = reward-model, data.pairs = p.jsonl";

  @TempDir private Path folder;

  @Test
  void readsTheLossAndTheStart() throws IOException {
    RewardModelConfig config =
        reward("training.center-rewards-coefficient=0.01", "model.folder=some/model");
    assertThat(config.loss()).isEqualTo(new BradleyTerryLoss(0.01));
    assertThat(config.start()).isEqualTo(new Folder(Path.of("some/model")));
    assertThat(reward().loss()).isEqualTo(BradleyTerryLoss.PLAIN);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "training.center-rewards-coefficient=-1 | a number of at least 0",
        "devices=[cpu, cpu] | one device: this task uses no more",
        "data.pairs=null | the path of a JSONL file, as in --set data.pairs=FILE.jsonl",
        "training.lora.rank=4 | 0: this task trains all parameters",
      })
  void refusesWhatTheTaskCannotDo(String assignment, String accepted) {
    assertThatThrownBy(() -> reward(assignment))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("--set " + assignment.replaceAll("=.*", "") + ": ")
        .hasMessageEndingWith("is not accepted; use " + accepted)
        .message()
        .hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "out=elsewhere",
        "threads=1",
        "training.checkpoint-steps=3",
        "training.objective=ipo"
      })
  void theFingerprintLeavesOutWhatNoResultDependsOn(String assignment) throws IOException {
    assertThat(reward(assignment).fingerprint()).isEqualTo(reward().fingerprint());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "seed=18",
        "model.folder=elsewhere",
        "training.center-rewards-coefficient=0.01",
        "training.batch-size=3",
        "training.optimiser.epsilon=1e-6"
      })
  void theFingerprintTellsRunsApart(String assignment) throws IOException {
    assertThat(reward(assignment).fingerprint()).isNotEqualTo(reward().fingerprint());
  }

  @Test
  void theResolvedConfigurationDescribesTheSameRun() throws IOException {
    RewardModelConfig config = reward("training.center-rewards-coefficient=0.5");
    assertThat(load(config.resolved())).isEqualTo(config);
  }

  @Test
  void aRewardModelJudgesSampledResponsesAlone() throws IOException {
    ExperimentConfig plain = (ExperimentConfig) load("name = a");
    ExperimentConfig judged =
        (ExperimentConfig) load("sampling.reward-model { folder = rm, strings = text }");
    assertThat(plain.rewardModel()).isEmpty();
    assertThat(judged.rewardModel()).hasValue(new RewardModelSettings(Path.of("rm"), Strings.TEXT));
    assertThat(judged.fingerprint())
        .isNotEqualTo(((ExperimentConfig) load("sampling.reward-model.folder = rm")).fingerprint());
    assertThatThrownBy(
            () -> load("data { task = pairs, pairs = p.jsonl }", "sampling.reward-model.folder=rm"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "--set sampling.reward-model.folder: sampling.reward-model.folder = rm is not accepted;"
                + " use null, since given pairs need no rewards");
  }

  private RewardModelConfig reward(String... assignments) throws IOException {
    return (RewardModelConfig) load(REWARD, assignments);
  }

  private RunConfig load(String text, String... assignments) throws IOException {
    return RunConfig.load(
        Files.writeString(folder.resolve("x.conf"), text),
        new Overrides(List.of(assignments), Optional.empty(), OptionalLong.empty()));
  }
}
