package dev.proxima.models;

import java.util.List;
import java.util.Optional;

/**
 * Who computes the steps of a training (data parallelism). Each batch is {@link Share#cut cut} into
 * shares, whose gradients are computed by themselves and added up in their order in float32. With
 * more than one share the result differs from that of one in rounding; it does not depend on how
 * many devices of a kind there are, or in how many processes.
 *
 * @param devices of this process, at least one, the first of which has the optimiser; more than
 *     shares are of no use
 * @param shares at least 1
 * @param ring to the other processes that compute; each of them is given the same batches and makes
 *     the same steps
 */
public record TrainingHosts(List<ComputeDevice> devices, int shares, Optional<TrainingRing> ring) {

  public TrainingHosts {
    devices = List.copyOf(devices);
    if (devices.isEmpty() || shares < 1) {
      throw new IllegalArgumentException(
          "a training takes at least one device and one share, not %d and %d"
              .formatted(devices.size(), shares));
    }
  }

  /** Devices of this process alone. */
  public TrainingHosts(List<ComputeDevice> devices, int shares) {
    this(devices, shares, Optional.empty());
  }

  /** One device, which computes whole batches. */
  public static TrainingHosts of(ComputeDevice device) {
    return new TrainingHosts(List.of(device), 1);
  }
}
