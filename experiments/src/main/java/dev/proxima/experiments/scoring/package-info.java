/** Log-probabilities of given responses. */
package dev.proxima.experiments.scoring;
