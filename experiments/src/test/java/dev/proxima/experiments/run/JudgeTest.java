package dev.proxima.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.FolderStore;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.run.RewardSource;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.actors.run.RunSpec.PairSource;
import dev.proxima.experiments.UserError;
import dev.proxima.experiments.config.RewardModelSettings;
import dev.proxima.experiments.data.PromptedResponses.Strings;
import dev.proxima.experiments.trl.TrlFixtures;
import dev.proxima.models.ModelFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgeTest {

  private static final RewardModelSettings CHAT =
      new RewardModelSettings(TrlFixtures.REWARD_MODEL, Strings.CHAT);

  @TempDir private Path folder;
  private ArtifactStore store;

  @BeforeEach
  void openStore() {
    store = new FolderStore(folder.resolve("store"));
  }

  /** What a node of a cluster reads is what was submitted. */
  @Test
  void aRewardModelGoesThroughTheStore() {
    RewardSource source = Judge.store(CHAT, store);
    assertThat(source.files())
        .containsOnlyKeys(
            "chat_template.jinja",
            "config.json",
            "model.safetensors",
            "tokenizer.json",
            "tokenizer_config.json");
    source
        .files()
        .forEach(
            (name, id) ->
                assertThat(store.read(id))
                    .hasSameBinaryContentAs(TrlFixtures.REWARD_MODEL.resolve(name)));
    assertThat(Judge.store(CHAT, store)).isEqualTo(source);

    ArtifactId none = source.files().get("config.json");
    PreparedRun prepared =
        new PreparedRun(
            new RunSpec.Data(none, none, PairSource.SAMPLED, List.of(), List.of(), List.of()),
            ModelFolder.open(TrlFixtures.MODEL).config(),
            source);
    assertThat(PreparedRun.read(store, prepared.store(store))).isEqualTo(prepared);
    // So that none of them is garbage while the run may go on.
    assertThat(JsonArtifacts.namedBy(prepared)).containsAll(source.files().values());
  }

  @Test
  void aChangedFileIsAnotherRewardModel() throws IOException {
    Path changed = Files.createDirectory(folder.resolve("changed"));
    for (String name : Judge.store(CHAT, store).files().keySet()) {
      Files.copy(TrlFixtures.REWARD_MODEL.resolve(name), changed.resolve(name));
    }
    Path template = changed.resolve("chat_template.jinja");
    Files.writeString(template, Files.readString(template) + " ");
    assertThat(Judge.store(new RewardModelSettings(changed, Strings.CHAT), store))
        .isNotEqualTo(Judge.store(CHAT, store));

    Files.delete(template);
    assertThatThrownBy(() -> Judge.store(new RewardModelSettings(changed, Strings.CHAT), store))
        .isInstanceOf(UserError.class)
        .hasMessage(changed + ": has no chat template; add one as chat_template.jinja");
    assertThat(Judge.store(new RewardModelSettings(changed, Strings.TEXT), store).files())
        .doesNotContainKey("chat_template.jinja");
  }

  @Test
  void namesAFolderThatHoldsNoRewardModel() {
    assertThatThrownBy(
            () -> Judge.store(new RewardModelSettings(TrlFixtures.MODEL, Strings.CHAT), store))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(
            TrlFixtures.MODEL.resolve("config.json") + ": is not a reward model's")
        .hasMessageContaining("LlamaForSequenceClassification");
  }
}
