package dev.proxima.models;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Where tensors live: {@code cpu}, or {@code cuda:N} with N the CUDA ordinal.
 *
 * @param type "cpu" or "cuda"
 * @param index CUDA ordinal, 0 for the CPU
 */
public record ComputeDevice(String type, int index) {

  public static final ComputeDevice CPU = new ComputeDevice("cpu", 0);

  /**
   * Reads {@code cpu}, {@code cuda} or {@code cuda:N}.
   *
   * @throws IllegalArgumentException with one line that says what is accepted
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static ComputeDevice parse(String name) {
    if (name.equals("cpu")) {
      return CPU;
    }
    if (name.equals("cuda")) {
      return new ComputeDevice("cuda", 0);
    }
    if (name.matches("cuda:\\d{1,3}")) {
      return new ComputeDevice("cuda", Integer.parseInt(name.substring(5)));
    }
    throw new IllegalArgumentException(
        "unknown device '" + name + "'; use cpu, cuda or cuda:N with N the GPU's number");
  }

  @JsonValue
  @Override
  public String toString() {
    return type.equals("cpu") ? "cpu" : type + ":" + index;
  }
}
