package dev.proxima.algorithms.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The losses of {@link GoldenPairs} in TRL 1.x, at beta = 0.1, printed with six digits; TRL's name
 * stands beside ours.
 */
class GoldenTableTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sigmoid | dpo | | .598139 | .913015",
        "hinge | hinge | | .8 | 1.4",
        "ipo | ipo | aggregation=mean scale=log-ratio | 20.7025 | 38.44",
        "exo_pair | exo | smoothing=0.1 | .406304 | .747272",
        "nca_pair | nca | | 1.338793 | 1.493773",
        "robust | robust-dpo | smoothing=0.1 | .573139 | .963015",
        "bco_pair | bco | | 1.288793 | 1.598752",
        "sppo_hard | sppo | scale=log-ratio | 32 | 100",
        "aot | aot | smoothing=0.1 | .778139 | .693147",
        "aot_unpaired | aot-unpaired | smoothing=0.1 | .693147 | .778139",
        "apo_zero | anchored-zero | | .950042 | 1.099422",
        "apo_down | anchored-down | | .975145 | 1.073708",
        "discopop | discopop | | .814763 | .913209",
        "sigmoid_norm | dpo-norm | | .6709 | .754946",
        "sigmoid | dpo | divergence=forward-kl | .582517 | .835447",
        "sigmoid | dpo | divergence=jensen-shannon | .644397 | .758379",
      })
  void hasTrlsValues(String trl, String name, String options, double first, double second) {
    Map<String, String> values = new TreeMap<>(Map.of("beta", "0.1"));
    if (options != null) {
      for (String option : options.split(" ")) {
        values.put(option.split("=")[0], option.split("=")[1]);
      }
    }

    LossAndGradient result = Objectives.create(name, values).apply(GoldenPairs.LOGPS);

    assertThat(result.losses()).as(trl).containsExactly(new double[] {first, second}, within(1e-6));
  }
}
