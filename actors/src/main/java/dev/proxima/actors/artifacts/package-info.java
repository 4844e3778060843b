/** Immutable files named by their content: parameters, prompts with responses, metrics. */
package dev.proxima.actors.artifacts;
