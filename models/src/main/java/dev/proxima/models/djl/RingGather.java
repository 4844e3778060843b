package dev.proxima.models.djl;

import dev.proxima.models.TrainingRing;
import dev.proxima.models.TrainingRing.Header;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * Tells every member of a ring the numbers that each has found for its shares. They are few enough
 * to be on their way all at once: a thread takes what comes while another sends.
 */
final class RingGather {

  private final TrainingRing ring;
  private final Executor threads;

  RingGather(TrainingRing ring, Executor threads) {
    this.ring = ring;
    this.threads = threads;
  }

  /**
   * Fills in what other members have found.
   *
   * @param rows by share, any number of rows of any length; null for shares of other members
   */
  void complete(double[][][] rows) {
    int others = ring.devices().size() - 1;
    List<CompletableFuture<byte[]>> coming = new ArrayList<>();
    for (int i = 0; i < others; i++) {
      coming.add(new CompletableFuture<>());
    }
    threads.execute(() -> receive(coming));
    byte[] going = encode(rows);
    for (int i = 0; i < others; i++) {
      ring.send(0, i, ByteBuffer.wrap(going));
      going = await(coming.get(i));
      decode(going, rows);
    }
  }

  private void receive(List<CompletableFuture<byte[]>> coming) {
    try {
      for (CompletableFuture<byte[]> each : coming) {
        Header header = ring.receive();
        byte[] bytes = new byte[header.bytes()];
        ring.receive(ByteBuffer.wrap(bytes));
        each.complete(bytes);
      }
    } catch (RuntimeException e) {
      coming.forEach(each -> each.completeExceptionally(e));
    }
  }

  private static byte[] await(CompletableFuture<byte[]> coming) {
    try {
      return coming.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** The number of a share, of its rows, the length of each row and its values; and so on. */
  private static byte[] encode(double[][][] rows) {
    int size = 0;
    for (double[][] share : rows) {
      if (share != null) {
        size += 2 * Integer.BYTES;
        for (double[] row : share) {
          size += Integer.BYTES + row.length * Double.BYTES;
        }
      }
    }
    ByteBuffer bytes = ByteBuffer.allocate(size);
    for (int k = 0; k < rows.length; k++) {
      if (rows[k] != null) {
        bytes.putInt(k).putInt(rows[k].length);
        for (double[] row : rows[k]) {
          bytes.putInt(row.length).asDoubleBuffer().put(row);
          bytes.position(bytes.position() + row.length * Double.BYTES);
        }
      }
    }
    return bytes.array();
  }

  private static void decode(byte[] encoded, double[][][] rows) {
    ByteBuffer bytes = ByteBuffer.wrap(encoded);
    while (bytes.hasRemaining()) {
      int share = bytes.getInt();
      rows[share] = new double[bytes.getInt()][];
      for (int i = 0; i < rows[share].length; i++) {
        double[] row = new double[bytes.getInt()];
        bytes.asDoubleBuffer().get(row);
        bytes.position(bytes.position() + row.length * Double.BYTES);
        rows[share][i] = row;
      }
    }
  }
}
