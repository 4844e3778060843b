package dev.proxima.experiments.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.experiments.data.PromptedResponses.Strings;
import dev.proxima.experiments.trl.TrlFixtures;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.RewardEncoder;
import dev.proxima.models.RewardEncoder.Overlong;
import dev.proxima.models.RewardFolder;
import dev.proxima.models.RewardModel;
import dev.proxima.models.djl.DjlTokenizer;
import dev.proxima.models.djl.TorchEngine;
import dev.proxima.models.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rewards against TRL's RewardTrainer; reward_fixtures.py wrote the expected values. */
class RewardScoresTest {

  private static final JsonNode TRL = TrlFixtures.json("rewards.json");
  private static final int END = 2;

  private static RewardFolder folder;
  private static Tokenizer tokenizer;
  private static RewardModel model;

  @BeforeAll
  static void load() {
    folder = RewardFolder.open(TrlFixtures.REWARD_MODEL);
    tokenizer = DjlTokenizer.open(folder.folder().tokenizer());
    model =
        TorchEngine.create(1)
            .rewardModel(folder.folder().parameters(), folder.folder().config(), ComputeDevice.CPU);
  }

  @AfterAll
  static void free() {
    model.close();
    tokenizer.close();
  }

  @Test
  void rewardsTextAsTrl() {
    assertRewards(rewards(TrlFixtures.PAIRS, 128, folder.padding()), TRL.get("pairs"));
  }

  @Test
  void rewardsConversationsAsTrl() {
    assertRewards(rewards(TrlFixtures.CHATS, 128, folder.padding()), TRL.get("chats"));
  }

  /** Where the tokenizer has no padding token, TRL pads with the end token, and reads before it. */
  @Test
  void readsBeforeAnEndTokenThatPads() {
    assertRewards(rewards(TrlFixtures.PAIRS, 128, OptionalInt.of(END)), TRL.get("end_pads"));
  }

  @Test
  void whatHasNoRewardIsNull() {
    List<ObjectNode> rewards = rewards(TrlFixtures.PAIRS, 12, folder.padding());
    assertThat(rewards)
        .hasSize(40)
        .anyMatch(line -> line.get("reward_chosen").isNull())
        .anyMatch(line -> line.get("reward_chosen").isDouble());
  }

  private static List<ObjectNode> rewards(Path file, int maxLength, OptionalInt padding) {
    RewardEncoder encoder =
        new RewardEncoder(
            folder.folder(),
            tokenizer,
            new RewardEncoder.Options(maxLength, Overlong.LEAVE_OUT, true, true),
            padding);
    List<ObjectNode> lines = new ArrayList<>();
    ResponseScores.rewards(model, encoder, Strings.TEXT, lines::add).score(file, () -> false);
    return lines;
  }

  private static void assertRewards(List<ObjectNode> actual, JsonNode expected) {
    for (String side : List.of("chosen", "rejected")) {
      assertThat(actual).hasSameSizeAs(expected.get(side));
      for (int i = 0; i < actual.size(); i++) {
        assertThat(actual.get(i).get("reward_" + side).doubleValue())
            .as("%s of line %d", side, i + 1)
            .isCloseTo(expected.get(side).get(i).doubleValue(), within(1e-5));
      }
    }
  }
}
