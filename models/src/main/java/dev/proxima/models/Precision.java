package dev.proxima.models;

/**
 * The number type of matrix products, attention and frozen parameters. Norms, sums, losses and the
 * parameters that are trained are float32 whatever it is.
 */
public enum Precision {
  FLOAT32,
  /** Half the memory; faster where the device computes in it (most GPUs, CPUs with AVX512_BF16). */
  BFLOAT16
}
