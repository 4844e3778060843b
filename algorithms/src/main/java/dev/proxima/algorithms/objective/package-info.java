/**
 * Preference objectives as functions from log-probabilities to a loss and its gradient. A new one
 * is a record in a file of its own and a line in {@code Objectives}.
 */
package dev.proxima.algorithms.objective;
