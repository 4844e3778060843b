package dev.proxima.actors.dataplane;

import dev.proxima.algorithms.text.FirstLine;
import dev.proxima.models.RingBrokenException;
import dev.proxima.models.TrainingRing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A member's two connections: messages come from the one before and go to the one after. On each a
 * message is its subject (4 bytes), part (4), length (4) and so many bytes.
 */
final class RingConnection implements TrainingRing {

  private static final int HEADER = 3 * Integer.BYTES;
  private static final int LARGEST = 1 << 30;

  private final RingSeat seat;
  private final Connection previous;
  private final Connection next;
  private final Runnable leave;
  private final ByteBuffer incoming = ByteBuffer.allocate(HEADER);
  private final ByteBuffer outgoing = ByteBuffer.allocate(HEADER);
  private int left;

  /**
   * @param leave tells of the end, which calls {@link #end}
   */
  RingConnection(RingSeat seat, Connection previous, Connection next, Runnable leave) {
    this.seat = seat;
    this.previous = previous;
    this.next = next;
    this.leave = leave;
  }

  @FunctionalInterface
  private interface Transfer {
    void make() throws IOException;
  }

  @Override
  public int rank() {
    return seat.rank();
  }

  @Override
  public List<Integer> devices() {
    return seat.devices();
  }

  @Override
  public synchronized void send(int subject, int part, ByteBuffer bytes) {
    outgoing.clear().putInt(subject).putInt(part).putInt(bytes.remaining()).flip();
    attempt(
        () -> {
          next.write(outgoing);
          next.write(bytes);
        });
  }

  @Override
  public Header receive() {
    attempt(() -> previous.read(incoming.clear()));
    Header header = new Header(incoming.flip().getInt(), incoming.getInt(), incoming.getInt());
    if (header.bytes() < 0 || header.bytes() > LARGEST) {
      throw new RingBrokenException("a message of " + header.bytes() + " bytes was announced");
    }
    left = header.bytes();
    return header;
  }

  @Override
  public void receive(ByteBuffer bytes) {
    if (bytes.remaining() > left) {
      throw new RingBrokenException(
          "a message has %d bytes left, not %d".formatted(left, bytes.remaining()));
    }
    left -= bytes.remaining();
    attempt(() -> previous.read(bytes));
  }

  private void attempt(Transfer transfer) {
    try {
      transfer.make();
    } catch (IOException e) {
      throw new RingBrokenException("another node left the training: " + FirstLine.of(e));
    }
  }

  @Override
  public void close() {
    leave.run();
    previous.close();
    next.close();
  }

  /** Has whatever a thread does here fail; the training closes it then. */
  void end() {
    previous.abort("the training was given up");
    next.abort("the training was given up");
  }
}
