package dev.proxima.models;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** Which rule turns gradients into steps, as {@code torch.optim} defines it. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "optimiser")
@JsonSubTypes({
  @JsonSubTypes.Type(value = OptimiserOptions.AdamW.class, name = "adamw"),
  @JsonSubTypes.Type(value = OptimiserOptions.RmsProp.class, name = "rmsprop"),
  @JsonSubTypes.Type(value = OptimiserOptions.Sgd.class, name = "sgd"),
})
public sealed interface OptimiserOptions {

  /**
   * Adam with decoupled weight decay (Loshchilov and Hutter 2019).
   *
   * @param beta1 decay of the mean of the gradient, in [0, 1)
   * @param beta2 decay of the mean of its square, in [0, 1)
   * @param epsilon added to the denominator, at least 0
   */
  record AdamW(double beta1, double beta2, double epsilon) implements OptimiserOptions {

    public static final AdamW DEFAULT = new AdamW(0.9, 0.999, 1e-8);

    public AdamW {
      requireShare("beta1", beta1);
      requireShare("beta2", beta2);
      requireNonNegative("epsilon", epsilon);
    }
  }

  /**
   * RMSProp (Hinton 2012); weight decay is added to the gradient.
   *
   * @param alpha decay of the mean of the squared gradient, in [0, 1)
   * @param epsilon added to the denominator, at least 0
   * @param momentum decay of the sum of the scaled gradients, in [0, 1); 0 for none
   * @param centred whether the gradient is scaled by its standard deviation (Graves 2013)
   */
  record RmsProp(double alpha, double epsilon, double momentum, boolean centred)
      implements OptimiserOptions {

    public static final RmsProp DEFAULT = new RmsProp(0.99, 1e-8, 0, false);

    public RmsProp {
      requireShare("alpha", alpha);
      requireNonNegative("epsilon", epsilon);
      requireShare("momentum", momentum);
    }
  }

  /**
   * Gradient descent; weight decay is added to the gradient.
   *
   * @param momentum decay of the sum of the gradients, in [0, 1); 0 for none
   * @param dampening share of a gradient that does not enter that sum, in [0, 1)
   * @param nesterov whether the step looks ahead along that sum (Sutskever et al. 2013); needs
   *     momentum and no dampening
   */
  record Sgd(double momentum, double dampening, boolean nesterov) implements OptimiserOptions {

    public static final Sgd DEFAULT = new Sgd(0, 0, false);

    public Sgd {
      requireShare("momentum", momentum);
      requireShare("dampening", dampening);
      require(
          !nesterov || (momentum > 0 && dampening == 0),
          "nesterov needs a momentum above 0 and a dampening of 0");
    }
  }

  private static void requireShare(String name, double value) {
    require(value >= 0 && value < 1, name + " must be in [0, 1), not " + value);
  }

  private static void requireNonNegative(String name, double value) {
    require(value >= 0 && Double.isFinite(value), name + " must be at least 0, not " + value);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
