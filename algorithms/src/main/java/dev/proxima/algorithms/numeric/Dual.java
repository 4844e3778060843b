package dev.proxima.algorithms.numeric;

/**
 * A number with its partial derivatives by two variables, for exact gradients of scalar formulas
 * (forward-mode differentiation; Griewank and Walther 2008, chapter 3). The two variables are a
 * pair's log-probabilities, of the chosen and of the rejected response.
 *
 * @param value the number
 * @param byChosen its derivative by the first variable
 * @param byRejected its derivative by the second variable
 */
public record Dual(double value, double byChosen, double byRejected) {

  /** Where {@link #exp} turns into its tangent. Squares of it stay within a float's range. */
  public static final double EXP_LIMIT = 30;

  /** The constant 0. */
  public static final Dual ZERO = new Dual(0, 0, 0);

  /** The first variable at {@code value}. */
  public static Dual chosen(double value) {
    return new Dual(value, 1, 0);
  }

  /** The second variable at {@code value}. */
  public static Dual rejected(double value) {
    return new Dual(value, 0, 1);
  }

  public Dual plus(Dual other) {
    return new Dual(value + other.value, byChosen + other.byChosen, byRejected + other.byRejected);
  }

  public Dual plus(double constant) {
    return new Dual(value + constant, byChosen, byRejected);
  }

  public Dual minus(Dual other) {
    return new Dual(value - other.value, byChosen - other.byChosen, byRejected - other.byRejected);
  }

  public Dual minus(double constant) {
    return new Dual(value - constant, byChosen, byRejected);
  }

  public Dual times(Dual other) {
    return new Dual(
        value * other.value,
        byChosen * other.value + value * other.byChosen,
        byRejected * other.value + value * other.byRejected);
  }

  public Dual times(double constant) {
    return new Dual(value * constant, byChosen * constant, byRejected * constant);
  }

  public Dual dividedBy(double constant) {
    return new Dual(value / constant, byChosen / constant, byRejected / constant);
  }

  public Dual negate() {
    return new Dual(-value, -byChosen, -byRejected);
  }

  public Dual square() {
    return chain(value * value, 2 * value);
  }

  /** max(0, x), whose derivative at 0 is taken as 0. */
  public Dual positivePart() {
    return value > 0 ? this : ZERO;
  }

  /** 1 / (1 + exp(-x)). */
  public Dual sigmoid() {
    double sigmoid = Logistic.sigmoid(value);
    return chain(sigmoid, sigmoid * Logistic.sigmoid(-value));
  }

  /** log sigmoid(x), finite for every finite x. */
  public Dual logSigmoid() {
    return chain(-Logistic.softplus(-value), Logistic.sigmoid(-value));
  }

  /**
   * exp(x) up to x = {@link #EXP_LIMIT}, and its tangent there beyond: finite for every finite x,
   * increasing, and once continuously differentiable.
   */
  public Dual exp() {
    return expm1().plus(1);
  }

  /** exp(x) - 1, accurate near 0; beyond {@link #EXP_LIMIT} as {@link #exp}. */
  public Dual expm1() {
    double bounded = Math.min(value, EXP_LIMIT);
    double slope = StrictMath.exp(bounded);
    return chain(StrictMath.expm1(bounded) + slope * (value - bounded), slope);
  }

  /**
   * log(1 - exp(x)) for x below 0, accurate at both ends (Maechler 2012); finite for every finite
   * x, since an x above {@code -least} counts as {@code -least}.
   *
   * @param least above 0
   */
  public Dual log1mExp(double least) {
    if (value > -least) {
      return chain(StrictMath.log(-StrictMath.expm1(-least)), 0);
    }
    double complement = -StrictMath.expm1(value);
    double log =
        value > -StrictMath.log(2)
            ? StrictMath.log(complement)
            : StrictMath.log1p(-StrictMath.exp(value));
    return chain(log, -StrictMath.exp(value) / complement);
  }

  private Dual chain(double result, double slope) {
    return new Dual(result, slope * byChosen, slope * byRejected);
  }
}
