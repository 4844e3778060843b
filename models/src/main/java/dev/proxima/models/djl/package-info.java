/**
 * The models on DJL's PyTorch engine, in float32. No type of DJL leaves this package.
 *
 * <p>DJL attaches the result of an operation to the manager of its first operand. So code here puts
 * the activation first and the parameter second, and gives each micro-batch, layer and generation
 * step a sub-manager whose closing frees all that was made in it.
 */
package dev.proxima.models.djl;
