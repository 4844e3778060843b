/**
 * Policies over finitely many prompts and responses, as tables. On them the theory of accelerated
 * preference optimisation holds to the last digit.
 */
package dev.proxima.algorithms.tabular;
