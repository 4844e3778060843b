package dev.proxima.algorithms.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectivesTest {

  @Test
  void createsByNameWithDefaults() {
    assertThat(Objectives.create("dpo", Map.of())).isEqualTo(new Dpo(0.1));
    assertThat(Objectives.create("sppo", Map.of())).isEqualTo(new Sppo(0.1));
    assertThat(Objectives.create("ipo", Map.of())).isEqualTo(new Ipo(0.1, 2));
  }

  @Test
  void givesEachItsOwnOptions() {
    assertThat(Objectives.create("sppo", Map.of("beta", "1", "log-z", "0.25")))
        .isEqualTo(new Sppo(1, 0.25));
    assertThat(
            Objectives.create(
                "ipo", Map.of("tau", "0.5", "aggregation", "mean", "divergence", "forward-kl")))
        .isEqualTo(
            new Ipo(
                0.1,
                0.5,
                Aggregation.MEAN,
                Scale.REWARD,
                new Divergence(Divergence.Kind.FORWARD_KL, 0.5)));
  }

  @Test
  void everyObjectiveHasItsNameOnce() {
    assertThat(Objectives.names()).doesNotHaveDuplicates();
  }

  @Test
  void readsSums() {
    assertThat(Objectives.create("dpo + 0.2 sft", Map.of("beta", "0.5", "sft.mean", "batch")))
        .isEqualTo(
            new WeightedSum(
                List.of(
                    new WeightedSum.Term(1, new Dpo(0.5)),
                    new WeightedSum.Term(0.2, new Sft(Sft.Mean.BATCH)))));
    // An option of one term overrides what all terms share.
    assertThat(Objectives.create("2*dpo+bco", Map.of("dpo.beta", "3", "beta", "0.5")))
        .isEqualTo(
            new WeightedSum(
                List.of(
                    new WeightedSum.Term(2, new Dpo(3)), new WeightedSum.Term(1, new Bco(0.5)))));
  }

  @Test
  void desensitisesToLengthBeforeItWeighs() {
    assertThat(Objectives.create("dpo", Map.of("ld-alpha", "0.5", "wpo", "sampled")))
        .isEqualTo(
            new WpoWeighted(
                new LengthDesensitised(new Dpo(0.1), 0.5), WpoWeighted.Alignment.SAMPLED));
  }

  @Test
  void knowsWhichOptionsThereAre() {
    assertThat(Objectives.hasOption("dpo", "beta")).isTrue();
    assertThat(Objectives.hasOption("sft", "beta")).isFalse();
    assertThat(Objectives.hasOption("sft + dpo", "beta")).isTrue();
    assertThat(Objectives.defaults("sft + aot"))
        .containsEntry("aot.smoothing", "0")
        .containsEntry("sft.mean", "response");
  }

  @Test
  void namesWhatThereIsWhenAnObjectiveIsUnknown() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Objectives.create("spo", Map.of()))
        .withMessage(
            "unknown objective 'spo'; did you mean 'dpo'? known: "
                + String.join(", ", Objectives.names()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Objectives.create("dpo + 0.2 sfd", Map.of()))
        .withMessageStartingWith("unknown objective 'sfd'; did you mean 'sft'?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ipo | betta | 1 | unknown option of ipo 'betta'; did you mean 'beta'? known: aggregation,"
            + " beta, divergence, divergence-alpha, gap-scale, gap-weight, ld-alpha, scale, tau, wpo",
        "sft + bco | tau | 1 | unknown option of sft + bco 'tau'; did you mean 'sft.mean'? known:"
            + " bco.beta, bco.gap-scale, bco.gap-weight, bco.ld-alpha, bco.wpo, sft.gap-scale, sft.gap-weight, sft.ld-alpha, sft.mean, sft.wpo",
        "dpo | beta | -1 | beta must be above 0 and finite, not -1.0",
        "dpo | beta | much | beta must be a number, not 'much'",
        "dpo | smoothing | 0.5 | smoothing must be in [0, 0.5), not 0.5",
        "exo | smoothing | 0 | smoothing must be above 0 and finite, not 0.0",
        "dpo | ld-alpha | 2 | ld-alpha must be in [0, 1], not 2.0",
        "dpo | divergence | kl | divergence must be one of reverse-kl, forward-kl, jensen-shannon,"
            + " alpha, not 'kl'",
        "kto | wpo | sampled | wpo weighs the loss of each pair, but this objective couples the"
            + " pairs of a batch",
        "0 dpo | beta | 1 | the weight of a term must be above 0 and finite, not 0.0",
        "1.2.3 dpo | beta | 1 | '1.2.3' is no weight in '1.2.3 dpo'; write a number, as in dpo +"
            + " 0.2 sft",
        "dpo + 2 dpo | beta | 1 | 'dpo + 2 dpo' has dpo twice; add the weights",
        "dpo + | beta | 1 | unknown objective ''; did you mean 'dpo'?",
      })
  void refusesInOneLine(String objective, String option, String value, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Objectives.create(objective, Map.of(option, value)))
        .withMessageStartingWith(message);
  }
}
