package dev.proxima.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.proxima.models.LearningRate.Schedule;
import dev.proxima.models.LearningRate.WarmupFrom;
import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LearningRateTest {

  /** djl/optimisers.py wrote the values of get_*_schedule_with_warmup. */
  @ParameterizedTest
  @EnumSource(Schedule.class)
  void isThatOfTransformers(Schedule schedule) throws IOException {
    JsonNode expected =
        new ObjectMapper()
            .readTree(LearningRateTest.class.getResourceAsStream("schedules.json"))
            .get(schedule.name().toLowerCase(Locale.ROOT));
    LearningRate rate = new LearningRate(0.003, 0.15, WarmupFrom.ZERO, schedule);

    assertThat(expected).hasSize(23);
    for (int step = 0; step < 23; step++) {
      assertThat(rate.at(step, 23)).isCloseTo(expected.get(step).doubleValue(), within(1e-12));
    }
  }

  @Test
  void aWarmUpFromTheFirstStepEndsAtThePeak() {
    LearningRate rate = new LearningRate(0.01, 0.5, WarmupFrom.FIRST_STEP, Schedule.LINEAR);

    assertThat(rate.at(0, 4)).isCloseTo(0.005, within(1e-12));
    assertThat(rate.at(1, 4)).isCloseTo(0.01, within(1e-12));
    assertThat(rate.at(2, 4)).isCloseTo(0.01, within(1e-12));
    assertThat(rate.at(3, 4)).isCloseTo(0.005, within(1e-12));
  }

  @Test
  void refusesWhatIsOutOfRange() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LearningRate.constant(0))
        .withMessage("the learning rate must be above 0, not 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LearningRate(1, 1, WarmupFrom.ZERO, Schedule.LINEAR))
        .withMessage("the warm-up ratio must be in [0, 1), not 1.0");
  }
}
