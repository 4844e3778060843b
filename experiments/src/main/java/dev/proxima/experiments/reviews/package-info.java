/** The task that Proxima makes itself: short product reviews with a latent reward. */
package dev.proxima.experiments.reviews;
