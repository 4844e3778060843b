package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import dev.proxima.models.LearningRate;
import dev.proxima.models.Optimisation;
import dev.proxima.models.OptimiserOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

@SuppressWarnings("try") // GradMode is held, never used
class OptimiserTest {

  /** The optimisers of optimisers.py. */
  private static final Map<String, OptimiserOptions> CASES =
      Map.of(
          "adamw", OptimiserOptions.AdamW.DEFAULT,
          "adamw-options", new OptimiserOptions.AdamW(0.8, 0.95, 1e-4),
          "rmsprop", OptimiserOptions.RmsProp.DEFAULT,
          "rmsprop-momentum", new OptimiserOptions.RmsProp(0.9, 1e-3, 0.8, false),
          "rmsprop-centred", new OptimiserOptions.RmsProp(0.9, 1e-8, 0, true),
          "rmsprop-centred-momentum", new OptimiserOptions.RmsProp(0.99, 1e-8, 0.5, true),
          "sgd", OptimiserOptions.Sgd.DEFAULT,
          "sgd-momentum", new OptimiserOptions.Sgd(0.9, 0.3, false),
          "sgd-nesterov", new OptimiserOptions.Sgd(0.9, 0, true));

  private static final List<String> NAMES = CASES.keySet().stream().sorted().toList();

  private static final JsonNode PYTORCH = Fixtures.json("optimisers.json");
  private static final int STEPS = 20;

  @TempDir private Path folder;

  private final NDManager manager =
      Engine.getEngine(Fixtures.ENGINE.info().name()).newBaseManager();

  @AfterEach
  void free() {
    manager.close();
  }

  /** Against torch.optim with clip_grad_norm_; optimisers.py wrote the values. */
  @ParameterizedTest
  @FieldSource("NAMES")
  void agreesWithPyTorchOverTwentySteps(String name) {
    Training training = new Training(CASES.get(name));
    for (int step = 0; step < STEPS; step++) {
      double norm = training.step(step);

      assertThat(norm).isCloseTo(PYTORCH.get("norms").get(step).doubleValue(), within(1e-5));
      JsonNode expected = PYTORCH.get("cases").get(name).get(step);
      Offset<Float> offset = Offset.offset(1e-6f);
      assertThat(training.matrix.toFloatArray())
          .containsExactly(Fixtures.floats(expected.get(0)), offset);
      assertThat(training.vector.toFloatArray())
          .containsExactly(Fixtures.floats(expected.get(1)), offset);
    }
    assertThat(training.update.steps()).isEqualTo(STEPS);
  }

  @ParameterizedTest
  @FieldSource("NAMES")
  void goesOnFromItsSavedStateToTheSameBits(String name) {
    Path state = folder.resolve("state");
    Training whole = new Training(CASES.get(name));
    for (int step = 0; step < STEPS; step++) {
      if (step == 7) {
        whole.update.save(state);
      }
      whole.step(step);
    }

    Training before = new Training(CASES.get(name));
    for (int step = 0; step < 7; step++) {
      before.step(step);
    }
    Training after =
        new Training(CASES.get(name), before.matrix.toFloatArray(), before.vector.toFloatArray());
    after.update.restore(state);
    for (int step = 7; step < STEPS; step++) {
      after.step(step);
    }

    assertThat(after.matrix.toFloatArray()).isEqualTo(whole.matrix.toFloatArray());
    assertThat(after.vector.toFloatArray()).isEqualTo(whole.vector.toFloatArray());
    assertThat(after.update.steps()).isEqualTo(STEPS);
  }

  @Test
  void refusesTheStateOfAnotherOptimiser() {
    Path state = folder.resolve("state");
    new Training(OptimiserOptions.RmsProp.DEFAULT).update.save(state);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Training(OptimiserOptions.AdamW.DEFAULT).update.restore(state))
        .withMessage(state + ": is not the state of this optimiser with this model");
  }

  @Test
  void aGradientThatIsNotFiniteChangesNothing() {
    NDArray vector = parameter(new float[] {1, 2}, new Shape(2));
    ParameterUpdate update =
        new ParameterUpdate(
            manager, List.of(vector), options(OptimiserOptions.AdamW.DEFAULT, 0, 0));
    setGradient(vector, new float[] {1, Float.NaN});

    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(() -> update.step(0.1))
        .withMessageContaining("the gradient of step 1 is not finite");
    assertThat(vector.toFloatArray()).containsExactly(1, 2);
    assertThat(update.steps()).isZero();
  }

  /** The parameters of optimisers.py with an optimiser. */
  private final class Training {

    private final NDArray matrix;
    private final NDArray vector;
    private final ParameterUpdate update;

    Training(OptimiserOptions options) {
      this(
          options,
          Fixtures.floats(PYTORCH.get("start").get(0)),
          Fixtures.floats(PYTORCH.get("start").get(1)));
    }

    Training(OptimiserOptions options, float[] matrix, float[] vector) {
      this.matrix = parameter(matrix, new Shape(3, 4));
      this.vector = parameter(vector, new Shape(5));
      update =
          new ParameterUpdate(manager, List.of(this.matrix, this.vector), options(options, 0.1, 1));
    }

    double step(int step) {
      JsonNode gradients = PYTORCH.get("gradients").get(step);
      update.zeroGradients();
      setGradient(matrix, Fixtures.floats(gradients.get(0)));
      setGradient(vector, Fixtures.floats(gradients.get(1)));
      return update.step(step < STEPS / 2 ? 0.01 : 0.005);
    }
  }

  private NDArray parameter(float[] values, Shape shape) {
    NDArray array = manager.create(values, shape);
    array.setRequiresGradient(true);
    return array;
  }

  /**
   * The gradient of sum(g * p) with respect to p is g. The tape refers to the factor 1, whose
   * memory DJL would free at once were it a plain number.
   */
  private void setGradient(NDArray parameter, float[] gradient) {
    try (GradMode recording = GradMode.on()) {
      Ops.backward(
          parameter.mul(manager.create(1f)), manager.create(gradient, parameter.getShape()));
    }
  }

  private static Optimisation options(
      OptimiserOptions optimiser, double weightDecay, double maxGradNorm) {
    return new Optimisation(optimiser, LearningRate.constant(1), weightDecay, maxGradNorm, 1);
  }
}
