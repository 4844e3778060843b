package dev.proxima.algorithms.spo;

/**
 * SPO's diagnostic of likelihood displacement: how the gradients of log pi(y_w|x) and of log
 * pi(y_l|x), each of the batch mean, lie to each other. Where their product exceeds the squared
 * norm of the first, a step along their difference lowers log pi(y_w|x) too.
 *
 * @param chosenNorm L2 norm of the gradient of the mean of log pi(y_w|x)
 * @param rejectedNorm of log pi(y_l|x)
 * @param cosine of the angle between them, in [-1, 1]; 0 where one is 0
 */
public record PairGradients(double chosenNorm, double rejectedNorm, double cosine) {

  /**
   * From the squared norms and the product of the two gradients.
   *
   * @param chosenSquare |grad log pi(y_w|x)|^2
   * @param rejectedSquare |grad log pi(y_l|x)|^2
   * @param product &lt;grad log pi(y_w|x), grad log pi(y_l|x)&gt;
   */
  public static PairGradients of(double chosenSquare, double rejectedSquare, double product) {
    double norms = Math.sqrt(chosenSquare) * Math.sqrt(rejectedSquare);
    double cosine = norms == 0 ? 0 : Math.max(-1, Math.min(1, product / norms));
    return new PairGradients(Math.sqrt(chosenSquare), Math.sqrt(rejectedSquare), cosine);
  }
}
