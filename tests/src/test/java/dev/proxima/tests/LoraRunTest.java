package dev.proxima.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.models.safetensors.SafetensorsFile;
import dev.proxima.tests.Proxima.Ended;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An outer loop whose proximal step trains adapters. */
class LoraRunTest {

  @TempDir Path folder;

  /**
   * From theta_1 = theta_0 + scale B A, the merged proximal solution, extrapolation makes theta_1 +
   * alpha (theta_1 - theta_0), so that the two methods' results differ by alpha scale B A: of rank
   * 2 where there are adapters, and not at all elsewhere.
   */
  @Test
  void mergesAnIterationsAdaptersAndExtrapolatesWholeWeights() throws Exception {
    Ended ended =
        Proxima.run(
            "run",
            Path.of("src/test/resources/tiny.conf"),
            "--out",
            folder.resolve("run"),
            "--set",
            "outer-loop.iterations=1",
            "--set",
            "methods={proximal {alpha = 0}, extrapolated {alpha = 0.5, result = extrapolated}}",
            "--set",
            "methods.apo=null",
            "--set",
            "methods.iterative-dpo=null",
            "--set",
            "training.learning-rate=1e-2",
            "--set",
            "training.lora={rank = 2, dropout = 0.1, target-modules = [q_proj, down_proj]}");
    assertThat(ended.status()).as(ended.toString()).isZero();

    try (SafetensorsFile proximal = result("proximal");
        SafetensorsFile extrapolated = result("extrapolated")) {
      for (String name : proximal.tensors().keySet()) {
        double[][] change =
            difference(
                extrapolated.floats(name),
                proximal.floats(name),
                (int) proximal.tensors().get(name).shape()[0]);
        if (name.contains("q_proj") || name.contains("down_proj")) {
          double largest = eliminate(change);
          assertThat(largest).as(name).isGreaterThan(1e-3);
          eliminate(change);
          assertThat(eliminate(change)).as(name).isLessThan(1e-4 * largest);
        } else {
          assertThat(eliminate(change)).as(name).isZero();
        }
      }
    }
  }

  /** Checkpoints after every step, each of which holds the adapters alone, on two devices. */
  @Test
  void segmentsAndHostsMakeNoDifferenceToTheBytes() throws Exception {
    Path whole = trainedTogether("whole", "devices=[cpu]", "training.checkpoint-steps=0");
    Path cut = trainedTogether("cut", "devices=[cpu, cpu]", "training.checkpoint-steps=1");
    assertThat(cut).hasSameBinaryContentAs(whole);
  }

  private Path trainedTogether(String name, String devices, String checkpoints) throws Exception {
    Ended ended =
        Proxima.run(
            "run",
            Path.of("src/test/resources/tiny.conf"),
            "--out",
            folder.resolve(name),
            "--set",
            devices,
            "--set",
            checkpoints,
            "--set",
            "outer-loop.iterations=1",
            "--set",
            "methods.iterative-dpo=null",
            "--set",
            "training.replicas=2",
            "--set",
            "training.synchronisation=gradients",
            "--set",
            "training.lora={rank = 2, dropout = 0.1}");
    assertThat(ended.status()).as(ended.toString()).isZero();
    return folder.resolve(name).resolve("apo/final/model.safetensors");
  }

  private SafetensorsFile result(String method) {
    return SafetensorsFile.open(
        folder.resolve("run").resolve(method).resolve("final/model.safetensors"));
  }

  private static double[][] difference(FloatBuffer a, FloatBuffer b, int rows) {
    int columns = a.limit() / rows;
    double[][] difference = new double[rows][columns];
    for (int i = 0; i < a.limit(); i++) {
      difference[i / columns][i % columns] = a.get(i) - b.get(i);
    }
    return difference;
  }

  /**
   * A step of Gaussian elimination with full pivoting: takes a matrix of rank 1 off, so that after
   * as many steps as the rank nothing is left but rounding.
   *
   * @return the largest magnitude before
   */
  private static double eliminate(double[][] matrix) {
    int row = 0;
    int column = 0;
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < matrix[i].length; j++) {
        if (Math.abs(matrix[i][j]) > Math.abs(matrix[row][column])) {
          row = i;
          column = j;
        }
      }
    }
    double pivot = matrix[row][column];
    if (pivot != 0) {
      double[] pivotRow = matrix[row].clone();
      for (double[] each : matrix) {
        double factor = each[column] / pivot;
        for (int j = 0; j < each.length; j++) {
          each[j] -= factor * pivotRow[j];
        }
      }
    }
    return Math.abs(pivot);
  }
}
