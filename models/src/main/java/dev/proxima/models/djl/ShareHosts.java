package dev.proxima.models.djl;

import ai.djl.Device;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.TrainingHosts;
import dev.proxima.models.TrainingRing;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which device computes which share: all devices of a ring's members take turns, member by member.
 *
 * @param devices of this member
 * @param shares a batch is cut into, at least 1
 */
record ShareHosts(List<Device> devices, int shares, Optional<TrainingRing> ring) {

  /** One device that computes whole batches, whichever it is. */
  static final ShareHosts ALONE = new ShareHosts(List.of(), 1, Optional.empty());

  static ShareHosts of(TrainingHosts hosts, Function<ComputeDevice, Device> resolve) {
    return new ShareHosts(
        hosts.devices().stream().map(resolve).toList(), hosts.shares(), hosts.ring());
  }

  /** The device that has the optimiser. */
  Device first() {
    return devices.get(0);
  }

  /** Devices of all members. */
  int all() {
    return ring.map(each -> devicesBefore(each.devices().size())).orElse(devices.size());
  }

  /** Devices of the members before this one. */
  int before() {
    return ring.map(each -> devicesBefore(each.rank())).orElse(0);
  }

  /** The rank of the member that computes a share. */
  int member(int share) {
    int device = share % all();
    int member = 0;
    while (device >= devicesBefore(member + 1)) {
      member++;
    }
    return member;
  }

  /** Whether this member computes a share. */
  boolean isHere(int share) {
    int device = share % all() - before();
    return device >= 0 && device < devices.size();
  }

  private int devicesBefore(int rank) {
    List<Integer> counts = ring.map(TrainingRing::devices).orElse(List.of(devices.size()));
    return counts.subList(0, rank).stream().mapToInt(Integer::intValue).sum();
  }
}
