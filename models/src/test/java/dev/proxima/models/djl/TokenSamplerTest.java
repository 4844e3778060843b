package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.proxima.models.SamplingOptions;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TokenSamplerTest {

  private static final float[] EIGHTHS = {0.125f, 0.25f, 0.5f, 0.125f};

  @Test
  void theDrawInvertsTheDistributionInOrderOfTokenId() {
    TokenSampler sampler = nucleus(1, 4);
    assertThat(sampler.draw(EIGHTHS, 0)).isEqualTo(0);
    assertThat(sampler.draw(EIGHTHS, 0.124)).isEqualTo(0);
    assertThat(sampler.draw(EIGHTHS, 0.126)).isEqualTo(1);
    assertThat(sampler.draw(EIGHTHS, 0.374)).isEqualTo(1);
    assertThat(sampler.draw(EIGHTHS, 0.376)).isEqualTo(2);
    assertThat(sampler.draw(EIGHTHS, 0.876)).isEqualTo(3);
    assertThat(sampler.draw(EIGHTHS, Math.nextDown(1.0))).isEqualTo(3);
  }

  @Test
  void theNucleusIsTheFewestTokensThatReachTopP() {
    // 1/2 + 1/4 reach 0.7 and leave tokens 1 and 2, renormalised to 1/3 and 2/3.
    TokenSampler sampler = nucleus(0.7, 4);
    assertThat(sampler.draw(EIGHTHS, 0)).isEqualTo(1);
    assertThat(sampler.draw(EIGHTHS, 0.332)).isEqualTo(1);
    assertThat(sampler.draw(EIGHTHS, 0.334)).isEqualTo(2);
    assertThat(sampler.draw(EIGHTHS, 0.999)).isEqualTo(2);
    // Of the equal tokens 0 and 3 the first is taken: 7/8 reach 0.8.
    TokenSampler wider = nucleus(0.8, 4);
    assertThat(wider.draw(EIGHTHS, 0)).isEqualTo(0);
    assertThat(wider.draw(EIGHTHS, 0.999)).isEqualTo(2);
  }

  @Test
  void anImpossibleTokenIsNeverDrawn() {
    float[] probabilities = {0, 0.5f, 0.5f, 0};
    TokenSampler sampler = nucleus(1, 4);
    assertThat(sampler.draw(probabilities, 0)).isEqualTo(1);
    assertThat(sampler.draw(probabilities, Math.nextDown(1.0))).isEqualTo(2);
  }

  @Test
  void probabilitiesThatAreNotFiniteAreRefused() {
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(() -> nucleus(1, 2).draw(new float[] {0.5f, Float.NaN}, 0.5))
        .withMessageContaining("not finite");
  }

  @Property
  void agreesWithANaiveImplementation(
      @ForAll @Size(min = 1, max = 40) List<@FloatRange(min = 0.01f, max = 1) Float> roots,
      @ForAll @DoubleRange(min = 0.01, max = 1) double topP,
      @ForAll @DoubleRange(max = 1, maxIncluded = false) double uniform) {
    // Cubes, so that the probabilities span six orders of magnitude; equal ones occur too.
    double total = roots.stream().mapToDouble(root -> Math.pow(root, 3)).sum();
    float[] probabilities = new float[roots.size()];
    for (int i = 0; i < probabilities.length; i++) {
      probabilities[i] = (float) (Math.pow(roots.get(i), 3) / total);
    }
    assertThat(nucleus(topP, probabilities.length).draw(probabilities, uniform))
        .isIn(naive(probabilities, topP, uniform));
  }

  private static TokenSampler nucleus(double topP, int vocabulary) {
    return new TokenSampler(new SamplingOptions(1, 1, topP, 1), vocabulary);
  }

  /** Sort all, cut, walk. What lies within 1e-9 of a boundary may fall on either side of it. */
  private static Set<Integer> naive(float[] probabilities, double topP, double uniform) {
    List<Integer> ranked =
        IntStream.range(0, probabilities.length)
            .boxed()
            .sorted(
                Comparator.<Integer>comparingDouble(i -> -probabilities[i]).thenComparing(i -> i))
            .toList();
    double total =
        IntStream.range(0, probabilities.length).mapToDouble(i -> probabilities[i]).sum();
    Set<Integer> possible = new HashSet<>();
    for (double nudge : new double[] {-1e-9, 0, 1e-9}) {
      Set<Integer> nucleus = new HashSet<>();
      double mass = 0;
      for (int token : ranked) {
        if (mass < (topP + nudge) * total) {
          nucleus.add(token);
          mass += probabilities[token];
        }
      }
      double sum = 0;
      for (int token = 0; token < probabilities.length; token++) {
        if (nucleus.contains(token)) {
          boolean reached = sum + probabilities[token] >= (uniform - 1e-9) * mass;
          if (reached && sum <= (uniform + 1e-9) * mass) {
            possible.add(token);
          }
          sum += probabilities[token];
        }
      }
    }
    return possible;
  }
}
