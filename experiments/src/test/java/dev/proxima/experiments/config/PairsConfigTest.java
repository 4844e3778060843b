package dev.proxima.experiments.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.proxima.algorithms.preference.BradleyTerryLoss;
import dev.proxima.experiments.UserError;
import dev.proxima.experiments.config.PairsConfig.Data;
import dev.proxima.experiments.config.PairsConfig.Folder;
import dev.proxima.experiments.config.PairsConfig.Order;
import dev.proxima.experiments.config.PairsConfig.Scratch;
import dev.proxima.experiments.data.PromptedResponses.Strings;
import dev.proxima.models.ResponseEncoder;
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

class PairsConfigTest {

  @TempDir private Path folder;

  @Test
  void theTaskSaysWhatIsRead() throws IOException {
    assertThat(load("name = a")).isInstanceOf(ExperimentConfig.class);
    assertThat(pairs("preference")).isInstanceOf(PreferenceConfig.class);
    assertThat(pairs("reward-model")).isInstanceOf(RewardModelConfig.class);
    assertThatThrownBy(() -> load("task = sft"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(
            "task = sft is not accepted; use one of apo, preference, reward-model");
  }

  @Test
  void readsThePairsAsTrlUnlessToldOtherwise() throws IOException {
    assertThat(pairs("preference").data())
        .isEqualTo(
            new Data(
                Path.of("p.jsonl"),
                0,
                Strings.TEXT,
                ResponseEncoder.Options.DEFAULT,
                Order.SHUFFLED));
  }

  @Test
  void readsTheLossOfARewardModel() throws IOException {
    assertThat(pairs("reward-model", "training.center-rewards-coefficient=0.01"))
        .extracting("loss")
        .isEqualTo(new BradleyTerryLoss(0.01));
    assertThat(pairs("reward-model")).extracting("loss").isEqualTo(BradleyTerryLoss.PLAIN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"preference", "reward-model"})
  void startsFromAFolderOrFromScratch(String task) throws IOException {
    assertThat(pairs(task, "model.folder=some/model").start())
        .isEqualTo(new Folder(Path.of("some/model")));
    assertThat(pairs(task).start()).isInstanceOf(Scratch.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "preference | training.replicas=2 | 1: this task has no more",
        "preference | training.beta=[0.1, 0.2] | one number: it has no iterations",
        "preference | training.objective=odpo | one that needs no rewards: given pairs have none",
        "preference | devices=[cpu, cpu] | one device: this task uses no more",
        "preference | data.pairs=null | the path of a JSONL file, as in --set data.pairs=FILE.jsonl",
        "preference | preference.max-length=1 | a whole number of at least 2",
        "preference | preference.truncation=keep-middle | one of keep-start, keep-end",
        "preference | preference.order=random | one of shuffled, file",
        "reward-model | training.center-rewards-coefficient=-1 | a number of at least 0",
        "reward-model | devices=[cpu, cpu] | one device: this task uses no more",
        "reward-model | training.lora.rank=4 | 0: this task trains all parameters",
      })
  void refusesWhatTheTaskCannotDo(String task, String assignment, String accepted) {
    assertThatThrownBy(() -> pairs(task, assignment))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("--set " + assignment.replaceAll("=.*", "") + ": ")
        .hasMessageEndingWith("is not accepted; use " + accepted)
        .message()
        .hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "preference | out=elsewhere",
        "preference | devices=[\"cuda:0\"]",
        "preference | threads=1",
        "preference | training.checkpoint-steps=3",
        "reward-model | out=elsewhere",
        "reward-model | threads=1",
        "reward-model | training.checkpoint-steps=3",
        "reward-model | training.objective=ipo",
      })
  void theFingerprintLeavesOutWhatNoResultDependsOn(String task, String assignment)
      throws IOException {
    assertThat(pairs(task, assignment).fingerprint()).isEqualTo(pairs(task).fingerprint());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "preference | seed=18",
        "preference | model.folder=elsewhere",
        "preference | data.max-pairs=7",
        "preference | preference.order=file",
        "preference | training.optimiser.epsilon=1e-6",
        "preference | training.warmup-from=zero",
        "reward-model | seed=18",
        "reward-model | model.folder=elsewhere",
        "reward-model | training.center-rewards-coefficient=0.01",
        "reward-model | training.batch-size=3",
        "reward-model | training.optimiser.epsilon=1e-6",
      })
  void theFingerprintTellsRunsApart(String task, String assignment) throws IOException {
    assertThat(pairs(task, assignment).fingerprint()).isNotEqualTo(pairs(task).fingerprint());
  }

  @ParameterizedTest
  @CsvSource({
    "preference, training.optimiser.name=sgd",
    "reward-model, training.center-rewards-coefficient=0.5"
  })
  void theResolvedConfigurationDescribesTheSameRun(String task, String assignment)
      throws IOException {
    PairsConfig config = pairs(task, assignment);

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

  private PairsConfig pairs(String task, String... assignments) throws IOException {
    return (PairsConfig) load("task = " + task + ", data.pairs = p.jsonl", assignments);
  }

  private RunConfig load(String text, String... assignments) throws IOException {
    return RunConfig.load(
        Files.writeString(folder.resolve("x.conf"), text),
        new Overrides(List.of(assignments), Optional.empty(), OptionalLong.empty()));
  }
}
