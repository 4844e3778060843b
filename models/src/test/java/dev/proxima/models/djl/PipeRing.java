package dev.proxima.models.djl;

import dev.proxima.models.RingBrokenException;
import dev.proxima.models.TrainingRing;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A ring within a process that holds nothing on the way: whoever sends waits until it is received.
 */
final class PipeRing implements TrainingRing {

  private record Message(Header header, byte[] bytes) {}

  private final int rank;
  private final List<Integer> devices;
  private final BlockingQueue<Message> in;
  private final BlockingQueue<Message> out;
  private final AtomicBoolean broken;
  private ByteBuffer rest;

  private PipeRing(
      int rank,
      List<Integer> devices,
      BlockingQueue<Message> in,
      BlockingQueue<Message> out,
      AtomicBoolean broken) {
    this.rank = rank;
    this.devices = devices;
    this.in = in;
    this.out = out;
    this.broken = broken;
  }

  /** All members of a ring. */
  static List<PipeRing> of(List<Integer> devices) {
    List<BlockingQueue<Message>> pipes = new ArrayList<>();
    devices.forEach(each -> pipes.add(new SynchronousQueue<>(true)));
    AtomicBoolean broken = new AtomicBoolean();
    List<PipeRing> members = new ArrayList<>();
    for (int rank = 0; rank < devices.size(); rank++) {
      int next = (rank + 1) % devices.size();
      members.add(new PipeRing(rank, devices, pipes.get(rank), pipes.get(next), broken));
    }
    return members;
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public List<Integer> devices() {
    return devices;
  }

  @Override
  public void send(int subject, int part, ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    Message message = new Message(new Header(subject, part, copy.length), copy);
    while (!attempt(() -> out.offer(message, 5, TimeUnit.MILLISECONDS))) {
      checkWhole();
    }
  }

  @Override
  public Header receive() {
    Message[] message = new Message[1];
    while (!attempt(() -> (message[0] = in.poll(5, TimeUnit.MILLISECONDS)) != null)) {
      checkWhole();
    }
    rest = ByteBuffer.wrap(message[0].bytes());
    return message[0].header();
  }

  @Override
  public void receive(ByteBuffer bytes) {
    bytes.put(rest.slice().limit(bytes.remaining()));
  }

  @Override
  public void close() {
    broken.set(true);
  }

  private void checkWhole() {
    if (broken.get()) {
      throw new RingBrokenException("a member has left the ring");
    }
  }

  @FunctionalInterface
  private interface Attempt {
    boolean make() throws InterruptedException;
  }

  private static boolean attempt(Attempt attempt) {
    try {
      return attempt.make();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
