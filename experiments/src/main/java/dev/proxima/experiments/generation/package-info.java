/** Responses of a model as text. */
package dev.proxima.experiments.generation;
