package dev.proxima.algorithms.theory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.proxima.algorithms.theory.TheoryResult.Ratio;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TheoryLaboratoryTest {

  @Test
  void measuresWhatTheTheoremsPredictWhateverTheNumberOfCores() throws Exception {
    AtomicInteger progress = new AtomicInteger();
    TheoryLaboratory laboratory = new TheoryLaboratory(2, List.of(0.9), progress::incrementAndGet);

    TheoryResult result = laboratory.run();

    assertThat(progress).hasValue(laboratory.tasks());
    assertThat(result.closedFormError()).isLessThan(1e-12);
    assertThat(result.gap().ratios()).allSatisfy(ratio -> isNear(ratio, 0.1, 0.02));
    assertThat(result.distance().ratios()).allSatisfy(ratio -> isNear(ratio, 10, 0.01));
    assertThat(result.generalPreferences().ratios()).allSatisfy(ratio -> isNear(ratio, 0.1, 0.02));
    ForkJoinPool single = new ForkJoinPool(1);
    TheoryResult again =
        single.submit(() -> new TheoryLaboratory(2, List.of(0.9), () -> {}).run()).get();
    single.shutdown();
    assertThat(again.gap().ratios()).isEqualTo(result.gap().ratios());
    assertThat(again.tradeOff()).isEqualTo(result.tradeOff());
    assertThat(again.displacement()).usingRecursiveComparison().isEqualTo(result.displacement());
  }

  @Test
  void refusesWhatIsOutOfRange() {
    assertThatThrownBy(() -> new TheoryLaboratory(1, List.of(), () -> {}))
        .hasMessageContaining("seeds must be at least 2");
    assertThatThrownBy(() -> new TheoryLaboratory(2, List.of(1.0), () -> {}))
        .hasMessageContaining("alpha must be in [0, 1)");
  }

  private static void isNear(Ratio ratio, double predicted, double tolerance) {
    assertThat(ratio.predicted()).isCloseTo(predicted, within(1e-12));
    assertThat(ratio.measured()).isCloseTo(predicted, within(tolerance));
  }
}
