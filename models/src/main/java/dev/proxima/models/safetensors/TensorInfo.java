package dev.proxima.models.safetensors;

/**
 * A tensor's entry in a safetensors header.
 *
 * @param dtype the format's name of the element type, such as "F32" or "BF16"
 * @param shape extents, outermost first; empty for a scalar
 * @param begin first byte, counted from the end of the header
 * @param end the byte after the last
 */
public record TensorInfo(String dtype, long[] shape, long begin, long end) {}
