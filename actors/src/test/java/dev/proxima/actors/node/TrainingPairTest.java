package dev.proxima.actors.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.artifacts.PromptResponses;
import dev.proxima.actors.artifacts.PromptResponses.Preference;
import dev.proxima.actors.artifacts.PromptResponses.Response;
import dev.proxima.algorithms.objective.PairRewards;
import dev.proxima.models.ReferenceTokens;
import dev.proxima.models.TokenPair;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingPairTest {

  private static final Response BEST = new Response("x", new int[] {5, 6}, -2.0, 1.5, -3.0);
  private static final Response MIDDLE = new Response("y", new int[] {7}, -2.0, 0.5, null);
  private static final Response WORST = new Response("z", new int[] {8}, -2.0, -1.0, -4.0);

  @Test
  void isTheChosenAndTheRejectedResponseAfterThePrompt() {
    TokenPair pair = TrainingPair.of(line(WORST, MIDDLE, BEST));

    assertThat(pair.chosen().tokens()).containsExactly(1, 2, 5, 6);
    assertThat(pair.chosen().promptLength()).isEqualTo(2);
    assertThat(pair.rejected().tokens()).containsExactly(1, 2, 8);
    assertThat(pair.referenceChosen()).isEqualTo(-3);
    assertThat(pair.referenceRejected()).isEqualTo(-4);
    assertThat(pair.referenceTokens()).isEmpty();
  }

  @Test
  void isJudgedByTheRewardsOfAllResponses() {
    assertThat(TrainingPair.of(line(WORST, MIDDLE, BEST)).rewards())
        .contains(PairRewards.of(new double[] {-1, 0.5, 1.5}, 2, 0));
    Response unrewarded = new Response("y", new int[] {7}, -2.0, null, null);
    assertThat(TrainingPair.of(line(WORST, unrewarded, BEST)).rewards()).isEmpty();
  }

  @Test
  void hasTheReferencesTokensWhereTheyWereKept() {
    ReferenceTokens tokens =
        TrainingPair.of(
                line(
                    WORST.withReferenceTokenLogps(new double[] {-4}),
                    MIDDLE,
                    BEST.withReferenceTokenLogps(new double[] {-1, -2})))
            .referenceTokens()
            .orElseThrow();

    assertThat(tokens.chosen()).containsExactly(-1, -2);
    assertThat(tokens.rejected()).containsExactly(-4);
  }

  /** The last is preferred to the first. */
  private static PromptResponses line(Response... responses) {
    return new PromptResponses(
        3, "p", new int[] {1, 2}, List.of(responses), new Preference(responses.length - 1, 0));
  }
}
