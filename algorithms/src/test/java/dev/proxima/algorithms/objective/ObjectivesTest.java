package dev.proxima.algorithms.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ObjectivesTest {

  @Test
  void createsByNameWithDefaults() {
    assertThat(Objectives.create("dpo", Map.of())).isEqualTo(new Dpo(0.1));
    assertThat(Objectives.create("sppo", Map.of())).isEqualTo(new Sppo(0.1));
    assertThat(Objectives.create("ipo", Map.of())).isEqualTo(new Ipo(0.1, 2));
  }

  @Test
  void givesEachItsOwnOptions() {
    assertThat(Objectives.create("sppo", Map.of("beta", 1.0, "log-z", 0.25)))
        .isEqualTo(new Sppo(1, 0.25));
    assertThat(Objectives.create("ipo", Map.of("tau", 0.5))).isEqualTo(new Ipo(0.1, 0.5));
  }

  @Test
  void namesWhatThereIsWhenAnObjectiveIsUnknown() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Objectives.create("spo", Map.of()))
        .withMessage("unknown objective 'spo'; did you mean 'dpo'? known: dpo, sppo, ipo");
  }

  @Test
  void namesWhatThereIsWhenAnOptionIsUnknown() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Objectives.create("ipo", Map.of("betta", 0.1)))
        .withMessage("unknown option of ipo 'betta'; did you mean 'beta'? known: beta, tau");
  }

  @Test
  void refusesAValueOutOfRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Objectives.create("dpo", Map.of("beta", -1.0)))
        .withMessage("beta must be above 0 and finite, not -1.0");
  }
}
