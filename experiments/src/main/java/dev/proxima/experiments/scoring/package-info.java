/** Log-probabilities and rewards of given responses. */
package dev.proxima.experiments.scoring;
