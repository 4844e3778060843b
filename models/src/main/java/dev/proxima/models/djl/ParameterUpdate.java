package dev.proxima.models.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.proxima.models.Optimisation;
import dev.proxima.models.safetensors.SafetensorsFile;
import dev.proxima.models.safetensors.SafetensorsWriter;
import dev.proxima.models.safetensors.TensorInfo;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * An optimiser at work on a model's parameters: clips their gradient to a global norm, lets
 * matrices decay and vectors not, and holds the optimiser's state.
 */
@SuppressWarnings("try") // GradMode is held, never used
final class ParameterUpdate {

  private static final String STEPS = "steps";

  private record Parameter(PtNDArray values, List<PtNDArray> state) {}

  private final NDManager manager;
  private final Optimiser optimiser;
  private final List<Parameter> trained = new ArrayList<>();
  private final Optimisation options;
  private int steps;

  /**
   * @param parameters require gradients; the state lives in {@code manager}
   */
  ParameterUpdate(NDManager manager, List<NDArray> parameters, Optimisation options) {
    this.manager = manager;
    this.options = options;
    this.optimiser = Optimiser.of(options.optimiser());
    for (NDArray parameter : parameters) {
      trained.add(
          new Parameter(
              (PtNDArray) parameter,
              optimiser.state().stream()
                  .map(name -> (PtNDArray) manager.zeros(parameter.getShape()))
                  .collect(Collectors.toCollection(ArrayList::new))));
    }
  }

  /** Forgets the gradients. */
  void zeroGradients() {
    trained.forEach(each -> JniUtils.zeroGrad(each.values()));
  }

  /** The number of steps made. */
  int steps() {
    return steps;
  }

  /**
   * One step in place, on every parameter's gradient.
   *
   * @return the gradient's global L2 norm before clipping
   * @throws ArithmeticException when that is not finite; the parameters are then unchanged
   */
  double step(double learningRate) {
    try (GradMode still = GradMode.off();
        NDManager scope = manager.newSubManager()) {
      List<PtNDArray> gradients = new ArrayList<>();
      for (Parameter each : trained) {
        PtNDArray gradient = JniUtils.getGradient(each.values());
        gradient.attach(scope);
        gradients.add(gradient);
      }
      double norm = norm(gradients);
      if (!Double.isFinite(norm)) {
        throw new ArithmeticException(
            "the gradient of step "
                + (steps + 1)
                + " is not finite; lower the learning rate or clip the gradient");
      }
      double bound = options.maxGradNorm();
      double clip = bound > 0 ? Math.min(1, bound / (norm + 1e-6)) : 1;
      steps++;
      for (int i = 0; i < trained.size(); i++) {
        update(trained.get(i), gradients.get(i), learningRate, clip);
      }
      return norm;
    }
  }

  private void update(Parameter each, PtNDArray gradient, double learningRate, double clip) {
    boolean matrix = each.values().getShape().dimension() > 1;
    try (NDManager scope = manager.newSubManager()) {
      gradient.attach(scope);
      optimiser.update(
          each.values(),
          gradient,
          each.state(),
          new Optimiser.Step(steps, learningRate, clip, matrix ? options.weightDecay() : 0));
    }
  }

  /** Writes the state and the number of steps, beside and renamed. */
  void save(Path safetensors) {
    Map<String, PtNDArray> state = state();
    SortedMap<String, long[]> shapes = new TreeMap<>();
    state.forEach((name, array) -> shapes.put(name, array.getShape().getShape()));
    try (NDManager scope = manager.newSubManager()) {
      SafetensorsWriter.write(
          safetensors,
          shapes,
          name -> floats(state.get(name), scope),
          Map.of(STEPS, Integer.toString(steps)));
    }
  }

  /**
   * Goes on from the state that {@link #save} wrote.
   *
   * @throws IllegalArgumentException where the file is of another model or optimiser
   */
  void restore(Path safetensors) {
    try (SafetensorsFile file = SafetensorsFile.open(safetensors)) {
      String known = file.metadata().getOrDefault(STEPS, "");
      if (!known.matches("\\d{1,9}") || !fits(file.tensors(), state())) {
        throw new IllegalArgumentException(
            safetensors + ": is not the state of this optimiser with this model");
      }
      for (int i = 0; i < trained.size(); i++) {
        restore(i, file);
      }
      steps = Integer.parseInt(known);
    }
  }

  private void restore(int index, SafetensorsFile file) {
    List<PtNDArray> state = trained.get(index).state();
    for (int k = 0; k < state.size(); k++) {
      FloatBuffer floats = file.floats(name(k, index));
      try (PtNDArray old = state.get(k)) {
        state.set(k, Ops.owned(floats, old.getShape(), manager));
      }
    }
  }

  private static boolean fits(SortedMap<String, TensorInfo> tensors, Map<String, PtNDArray> state) {
    return tensors.keySet().equals(state.keySet())
        && tensors.entrySet().stream()
            .allMatch(
                tensor ->
                    Arrays.equals(
                        tensor.getValue().shape(),
                        state.get(tensor.getKey()).getShape().getShape()));
  }

  private Map<String, PtNDArray> state() {
    Map<String, PtNDArray> state = new HashMap<>();
    for (int i = 0; i < trained.size(); i++) {
      for (int k = 0; k < trained.get(i).state().size(); k++) {
        state.put(name(k, i), trained.get(i).state().get(k));
      }
    }
    return state;
  }

  /** Such as "mean.12" for that of the parameter with this index. */
  private String name(int k, int index) {
    return optimiser.state().get(k) + "." + index;
  }

  private static FloatBuffer floats(PtNDArray array, NDManager scope) {
    NDArray host = array.toDevice(Device.cpu(), false);
    if (host != array) {
      host.attach(scope);
    }
    return host.toByteBuffer(true).asFloatBuffer();
  }

  private static double norm(List<PtNDArray> gradients) {
    NDList norms = new NDList(gradients.size());
    gradients.forEach(gradient -> norms.add(gradient.norm()));
    double squares = 0;
    for (float norm : NDArrays.stack(norms).toFloatArray()) {
      squares += (double) norm * norm;
    }
    return Math.sqrt(squares);
  }
}
