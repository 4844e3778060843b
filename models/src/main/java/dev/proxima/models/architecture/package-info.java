/** The families of decoders: what their configuration means and what their tensors are called. */
package dev.proxima.models.architecture;
