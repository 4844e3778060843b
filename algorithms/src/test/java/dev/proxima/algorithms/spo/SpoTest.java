package dev.proxima.algorithms.spo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.proxima.algorithms.objective.AbsoluteProbability;
import dev.proxima.algorithms.objective.Aggregation;
import dev.proxima.algorithms.objective.Dpo;
import dev.proxima.algorithms.objective.PreferenceObjective;
import dev.proxima.algorithms.objective.SftExcess;
import dev.proxima.algorithms.objective.SftValue;
import dev.proxima.algorithms.objective.WeightedSum;
import dev.proxima.algorithms.objective.WeightedSum.Term;
import dev.proxima.algorithms.spo.Spo.Form;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpoTest {

  private static final PreferenceObjective DPO = new Dpo(0.1);
  private static final LowerLevel.Unrolled UNROLLED = new LowerLevel.Unrolled(3, 0.2);
  private static final DynamicBarrier BARRIER = new DynamicBarrier(0.5, 2);

  @Test
  void withoutAFormTheObjectiveIsItself() {
    assertThat(Spo.NONE.over(DPO)).isSameAs(DPO);
    assertThat(Spo.NONE.lowerLevel()).isEqualTo(LowerLevel.NONE);
  }

  @Test
  void thePenaltyIsATermOfTheObjective() {
    Spo spo = spo(Form.PENALTY, Regulariser.NONE);
    assertThat(spo.over(DPO))
        .isEqualTo(
            new WeightedSum(
                List.of(new Term(1, DPO), new Term(1.5, new SftExcess(SftValue.of(2))))));
    assertThat(spo.lowerLevel()).isEqualTo(LowerLevel.NONE);
  }

  @Test
  void theOtherFormsAreForTheTrainer() {
    Spo unrolled = spo(Form.UNROLLED, Regulariser.NONE);
    assertThat(unrolled.over(DPO)).isSameAs(DPO);
    assertThat(unrolled.lowerLevel()).isEqualTo(UNROLLED);
    Spo constrained = spo(Form.DYNAMIC_BARRIER, Regulariser.NONE);
    assertThat(constrained.over(DPO)).isSameAs(DPO);
    assertThat(constrained.lowerLevel())
        .isEqualTo(new LowerLevel.Constrained(SftValue.of(2), BARRIER));
  }

  @Test
  void theRegulariserIsATermOfAnyForm() {
    Term regulariser = new Term(0.3, new AbsoluteProbability(Aggregation.MEAN));
    for (Form form : Form.values()) {
      WeightedSum sum = (WeightedSum) spo(form, new Regulariser(0.3, Aggregation.MEAN)).over(DPO);
      assertThat(sum.terms()).startsWith(new Term(1, DPO)).endsWith(regulariser);
      assertThat(sum.terms()).hasSize(form == Form.PENALTY ? 3 : 2);
    }
  }

  @Test
  void refusesWhatIsOutOfRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LowerLevel.Unrolled(0, 0.1))
        .withMessage("inner-steps must be at least 1, not 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LowerLevel.Unrolled(1, -0.1))
        .withMessage("inner-learning-rate must be at least 0 and finite, not -0.1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Regulariser(-1, Aggregation.SUM))
        .withMessage("regulariser.weight must be at least 0 and finite, not -1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new Spo(Form.NONE, SftValue.REFERENCE, 0, UNROLLED, BARRIER, Regulariser.NONE))
        .withMessage("lambda must be above 0 and finite, not 0.0");
  }

  private static Spo spo(Form form, Regulariser regulariser) {
    return new Spo(form, SftValue.of(2), 1.5, UNROLLED, BARRIER, regulariser);
  }
}
