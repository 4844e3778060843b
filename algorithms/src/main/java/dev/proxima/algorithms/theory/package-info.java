/**
 * The theory laboratory: what the theorems of accelerated preference optimisation say, measured on
 * tabular policies. One class for each theorem; {@code TheoryLaboratory} runs them all.
 */
package dev.proxima.algorithms.theory;
