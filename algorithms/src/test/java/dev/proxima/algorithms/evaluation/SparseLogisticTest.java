package dev.proxima.algorithms.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against scikit-learn 1.9.1's LIBLINEAR; src/test/python/sparse_logistic.py made the figures. */
class SparseLogisticTest {

  private final List<double[]> rows =
      new BufferedReader(
              new InputStreamReader(SparseLogisticTest.class.getResourceAsStream("logistic.csv")))
          .lines()
          .map(line -> Arrays.stream(line.split(",")).mapToDouble(Double::parseDouble).toArray())
          .toList();
  private final double[][] features =
      rows.stream().map(row -> new double[] {1, row[0], row[1]}).toArray(double[][]::new);
  private final double[] targets = rows.stream().mapToDouble(row -> row[2]).toArray();

  @Test
  void fitsAsLiblinearDoes() {
    assertThat(SparseLogistic.fit(features, targets, 0.1)).containsExactly(0, 0, 0);
    assertThat(SparseLogistic.fit(features, targets, 1))
        .containsExactly(
            new double[] {-0.7141589023504167, 0.46603222692669855, 0.18313051414888876},
            within(1e-7));
    assertThat(SparseLogistic.fit(features, targets, 100))
        .containsExactly(
            new double[] {-0.7993981842598454, 0.8050883389708496, 0.35455608809377925},
            within(1e-7));
  }

  /** Of the ten strengths scikit-learn finds 21.5 to predict best. */
  @Test
  void choosesTheStrengthByCrossValidation() {
    assertThat(SparseLogistic.fitCrossValidated(features, targets, 5))
        .containsExactly(new double[] {-0.79560446, 0.791281, 0.34733275}, within(1e-7));
  }
}
