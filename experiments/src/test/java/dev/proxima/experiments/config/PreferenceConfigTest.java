package dev.proxima.experiments.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

class PreferenceConfigTest {

  private static final String PREFERENCE = "task = preference, data.pairs = p.jsonl";

  @TempDir private Path folder;

  @Test
  void theTaskSaysWhatIsRead() throws IOException {
    assertThat(load("name = a")).isInstanceOf(ExperimentConfig.class);
    assertThat(load(PREFERENCE)).isInstanceOf(PreferenceConfig.class);
    assertThatThrownBy(() -> load("task = sft"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(
            "task = sft is not accepted; use one of apo, preference, reward-model");
  }

  @Test
  void readsThePairsAsTrlUnlessToldOtherwise() throws IOException {
    assertThat(preference().data())
        .isEqualTo(
            new Data(
                Path.of("p.jsonl"),
                0,
                Strings.TEXT,
                ResponseEncoder.Options.DEFAULT,
                Order.SHUFFLED));
  }

  @Test
  void startsFromAFolderOrFromScratch() throws IOException {
    assertThat(preference("model.folder=some/model").start())
        .isEqualTo(new Folder(Path.of("some/model")));
    assertThat(preference().start()).isInstanceOf(Scratch.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "training.replicas=2 | 1: this task has no more",
        "training.beta=[0.1, 0.2] | one number: it has no iterations",
        "training.objective=odpo | one that needs no rewards: given pairs have none",
        "devices=[cpu, cpu] | one device: this task uses no more",
        "data.pairs=null | the path of a JSONL file, as in --set data.pairs=FILE.jsonl",
        "preference.max-length=1 | a whole number of at least 2",
        "preference.truncation=keep-middle | one of keep-start, keep-end",
        "preference.order=random | one of shuffled, file",
      })
  void refusesWhatTheTaskCannotDo(String assignment, String accepted) {
    assertThatThrownBy(() -> preference(assignment))
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
        "devices=[\"cuda:0\"]",
        "threads=1",
        "training.checkpoint-steps=3"
      })
  void theFingerprintLeavesOutWhatNoResultDependsOn(String assignment) throws IOException {
    assertThat(preference(assignment).fingerprint()).isEqualTo(preference().fingerprint());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "seed=18",
        "model.folder=elsewhere",
        "data.max-pairs=7",
        "preference.order=file",
        "training.optimiser.epsilon=1e-6",
        "training.warmup-from=zero"
      })
  void theFingerprintTellsRunsApart(String assignment) throws IOException {
    assertThat(preference(assignment).fingerprint()).isNotEqualTo(preference().fingerprint());
  }

  @Test
  void theResolvedConfigurationDescribesTheSameRun() throws IOException {
    PreferenceConfig config = preference("training.optimiser.name=sgd");

    assertThat(load(config.resolved())).isEqualTo(config);
  }

  private PreferenceConfig preference(String... assignments) throws IOException {
    return (PreferenceConfig) load(PREFERENCE, assignments);
  }

  private RunConfig load(String text, String... assignments) throws IOException {
    return RunConfig.load(
        Files.writeString(folder.resolve("x.conf"), text),
        new Overrides(List.of(assignments), Optional.empty(), OptionalLong.empty()));
  }
}
