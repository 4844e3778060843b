/**
 * Figures about a policy on held-out prompts, each with its standard error. Prompts are the
 * independent units; a comparison of two policies is paired by prompt.
 */
package dev.proxima.algorithms.evaluation;
