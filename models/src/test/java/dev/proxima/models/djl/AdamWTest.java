package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // GradMode is held, never used
class AdamWTest {

  private final NDManager manager =
      Engine.getEngine(Fixtures.ENGINE.info().name()).newBaseManager();

  @AfterEach
  void free() {
    manager.close();
  }

  /** Against torch.optim.AdamW with clip_grad_norm_; make_fixtures.py wrote the values. */
  @Test
  void agreesWithPyTorchOverTwentySteps() {
    JsonNode fixture = Fixtures.json("adamw.json");
    NDArray matrix = parameter(Fixtures.floats(fixture.get("matrix")), new Shape(3, 4));
    NDArray vector = parameter(Fixtures.floats(fixture.get("vector")), new Shape(5));
    AdamW optimiser = new AdamW(manager, List.of(matrix, vector), 0.1, 1);
    for (JsonNode step : fixture.get("steps")) {
      optimiser.zeroGradients();
      setGradient(matrix, Fixtures.floats(step.get("gradients").get(0)));
      setGradient(vector, Fixtures.floats(step.get("gradients").get(1)));

      double norm = step(optimiser, 0.01);

      assertThat(norm).isCloseTo(step.get("norm").doubleValue(), within(1e-5));
      Offset<Float> offset = Offset.offset(1e-6f);
      assertThat(matrix.toFloatArray())
          .containsExactly(Fixtures.floats(step.get("matrix")), offset);
      assertThat(vector.toFloatArray())
          .containsExactly(Fixtures.floats(step.get("vector")), offset);
    }
    assertThat(optimiser.steps()).isEqualTo(20);
  }

  @Test
  void aGradientThatIsNotFiniteChangesNothing() {
    NDArray vector = parameter(new float[] {1, 2}, new Shape(2));
    AdamW optimiser = new AdamW(manager, List.of(vector), 0, 0);
    setGradient(vector, new float[] {1, Float.NaN});

    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(() -> step(optimiser, 0.1))
        .withMessageContaining("the gradient of step 1 is not finite");
    assertThat(vector.toFloatArray()).containsExactly(1, 2);
    assertThat(optimiser.steps()).isZero();
  }

  private NDArray parameter(float[] values, Shape shape) {
    NDArray array = manager.create(values, shape);
    array.setRequiresGradient(true);
    return array;
  }

  /** The gradient of sum(g * p) with respect to p is g. */
  private void setGradient(NDArray parameter, float[] gradient) {
    try (GradMode recording = GradMode.on()) {
      Ops.backward(parameter.mul(1), manager.create(gradient, parameter.getShape()));
    }
  }

  private static double step(AdamW optimiser, double learningRate) {
    try (GradMode still = GradMode.off()) {
      return optimiser.step(learningRate);
    }
  }
}
