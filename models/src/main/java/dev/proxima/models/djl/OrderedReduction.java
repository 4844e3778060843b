package dev.proxima.models.djl;

import java.util.concurrent.CancellationException;

/**
 * Lets each share in turn add to each of several sums, whatever threads compute the shares and
 * however fast: sum i is ((0 + share 0) + share 1) + ... Different sums go on at the same time, so
 * shares follow one another like wagons. For use by several threads.
 */
final class OrderedReduction {

  private final int[] turns;
  private Throwable failure;

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
    replace(share, share, sum, addition);
  }

  /**
   * Does {@code replacement}, by which the sum becomes that of all shares up to {@code share}, when
   * those before {@code begin} have been added.
   *
   * @throws CancellationException when another share was given up
   */
  void replace(int begin, int share, int sum, Runnable replacement) {
    await(begin, sum);
    replacement.run();
    synchronized (this) {
      turns[sum] = share + 1;
      notifyAll();
    }
  }

  private synchronized void await(int share, int sum) {
    boolean interrupted = false;
    while (turns[sum] < share && failure == null) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw new CancellationException("the gradient of another share has failed");
    }
  }

  /** Gives up for this reason, if there is none yet: whoever waits for a turn throws. */
  synchronized void fail(Throwable cause) {
    failure = failure == null ? cause : failure;
    notifyAll();
  }

  /** Throws what it was given up for, if it was. */
  synchronized void check() {
    if (failure instanceof Error error) {
      throw error;
    } else if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }
}
