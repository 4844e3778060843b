package dev.proxima.models.djl;

import java.util.concurrent.CancellationException;

/**
 * Lets each share in turn add to each of several sums, whatever threads compute the shares and
 * however fast: sum i is ((0 + share 0) + share 1) + ... Different sums go on at the same time, so
 * shares follow one another like wagons. For use by several threads.
 */
final class OrderedReduction {

  private final int[] turns;
  private boolean cancelled;

  /**
   * @param sums how many there are
   */
  OrderedReduction(int sums) {
    turns = new int[sums];
  }

  /**
   * Does {@code addition} when the shares before have been added to the sum. A thread must add its
   * shares in ascending order.
   *
   * @throws CancellationException when another share was given up
   */
  void add(int share, int sum, Runnable addition) {
    await(share, sum);
    addition.run();
    synchronized (this) {
      turns[sum]++;
      notifyAll();
    }
  }

  private synchronized void await(int share, int sum) {
    boolean interrupted = false;
    while (turns[sum] < share && !cancelled) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (cancelled) {
      throw new CancellationException("the gradient of another share has failed");
    }
  }

  /** Gives up: whoever waits for a turn throws. */
  synchronized void cancel() {
    cancelled = true;
    notifyAll();
  }
}
