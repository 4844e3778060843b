package dev.proxima.algorithms.theory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.algorithms.spo.Spo;
import dev.proxima.algorithms.theory.LikelihoodDisplacement.Method;
import dev.proxima.algorithms.theory.LikelihoodDisplacement.State;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LikelihoodDisplacementTest {

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7})
  void dpoMovesBothAndTheirMassElsewhere(long seed) {
    List<State> states = LikelihoodDisplacement.train(seed, Spo.NONE);
    State first = states.get(0);
    State last = states.get(states.size() - 1);
    assertThat(last.chosen()).isLessThan(first.chosen() - 2);
    assertThat(last.rejected()).isLessThan(last.chosen());
    assertThat(last.outside()).isGreaterThan(0.95);
    assertThat(last.cosine()).isGreaterThan(0.9);
  }

  @ParameterizedTest
  @MethodSource("stable")
  void withSpoThePreferredResponseStaysAsLikely(Method method) {
    for (long seed = 0; seed < 8; seed++) {
      List<State> states = LikelihoodDisplacement.train(seed, method.spo());
      State first = states.get(0);
      State last = states.get(states.size() - 1);
      // DPO loses more than 2 nats; here what is lost is within an inner step.
      assertThat(last.chosen()).as("seed %d", seed).isGreaterThan(first.chosen() - 0.25);
      assertThat(last.rejected()).isLessThan(first.rejected());
      // No more mass has moved away than y_l has lost.
      assertThat(last.outside()).isLessThan(0.75);
    }
  }

  static Stream<Method> stable() {
    return LikelihoodDisplacement.METHODS.stream()
        .filter(method -> !method.name().equals("dpo") && !method.name().equals("dpo + unrolled"));
  }
}
