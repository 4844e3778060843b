package dev.proxima.models.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import dev.proxima.models.TrainingRing;
import dev.proxima.models.TrainingRing.Header;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Carries an {@link OrderedReduction} over the members of a ring: the sum of the shares so far goes
 * from the member of one share to that of the next, and the sum of all of them on to everybody. So
 * the order of additions is that of one process. Each sum travels by itself, while others are still
 * being added up. A message's subject is the last share in the sum, its part the sum's index.
 */
final class RingReduction {

  private final TrainingRing ring;
  private final ShareHosts hosts;
  private final int shares;
  private final OrderedReduction turns;
  private final List<PtNDArray> sums;

  /**
   * @param shares of this batch
   * @param sums float32, contiguous, the same shapes on all members
   */
  RingReduction(
      TrainingRing ring,
      ShareHosts hosts,
      int shares,
      OrderedReduction turns,
      List<PtNDArray> sums) {
    this.ring = ring;
    this.hosts = hosts;
    this.shares = shares;
    this.turns = turns;
    this.sums = sums;
  }

  /** Within its turn: a share has been added here. */
  void added(int share, int sum) {
    if (isOver(share) || !hosts.isHere(share + 1)) {
      send(share, sum);
    }
  }

  /** Receives every sum that comes to this member, and hands on those that are complete. */
  @SuppressWarnings("try") // GradMode is held, never used
  void receiveAll() {
    try (GradMode still = GradMode.off()) {
      for (long left = expected(); left > 0; left--) {
        receive(ring.receive());
      }
    }
  }

  private long expected() {
    long times = 0;
    for (int share = 0; share < shares; share++) {
      if (!hosts.isHere(share) && (isOver(share) || hosts.isHere(share + 1))) {
        times++;
      }
    }
    return times * sums.size();
  }

  private void receive(Header header) {
    int share = header.subject();
    turns.replace(addedHere(share), share, header.part(), () -> read(sums.get(header.part())));
    int next = (ring.rank() + 1) % ring.devices().size();
    if (isOver(share) && next != hosts.member(share)) {
      send(share, header.part());
    }
  }

  /** How many shares have their turn before this one, as far as this member hears of them. */
  private int addedHere(int share) {
    int before = share;
    while (before > 0 && !hosts.isHere(before - 1)) {
      before--;
    }
    return before;
  }

  private boolean isOver(int share) {
    return share == shares - 1;
  }

  private void send(int share, int sum) {
    try (NDManager scope = sums.get(sum).getManager().newSubManager()) {
      ring.send(share, sum, bytes(sums.get(sum), scope));
    }
  }

  private void read(PtNDArray sum) {
    try (NDManager scope = sum.getManager().newSubManager()) {
      if (sum.getDevice().isGpu()) {
        NDArray host = scope.zeros(sum.getShape(), sum.getDataType(), Device.cpu());
        ring.receive(host.toByteBuffer(true));
        NDArray copy = host.toDevice(sum.getDevice(), false);
        copy.attach(scope);
        Ops.setRows(sum, copy, 0, sum.getShape().get(0));
      } else {
        ring.receive(sum.toByteBuffer(true));
      }
    }
  }

  /** Its own memory on the CPU. */
  private static ByteBuffer bytes(PtNDArray array, NDManager scope) {
    NDArray host = array.toDevice(Device.cpu(), false);
    if (host != array) {
      host.attach(scope);
    }
    return host.toByteBuffer(true);
  }
}
