package dev.proxima.models.djl;

import dev.proxima.models.ComputeDevice;
import java.util.List;

/**
 * What the tensor library is and sees.
 *
 * @param library folder of the native library
 * @param devices the CPU, then each GPU
 * @param threads threads of one operation on the CPU
 */
public record EngineInfo(
    String name, String version, String library, List<ComputeDevice> devices, int threads) {}
