package dev.proxima.models;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The way from this process to the others that make each step of a training together. The members
 * stand in a ring by rank; each sends to the next, the last to the first, and receives from the one
 * before, in the order in which that one sent. One thread receives at a time, several may send.
 *
 * <p>Every method that moves bytes blocks, and throws {@link RingBrokenException} when a member is
 * gone or the ring was closed.
 */
public interface TrainingRing extends AutoCloseable {

  /**
   * Says what a message is.
   *
   * @param subject which share's sum it holds, as far as members have agreed on
   * @param part of that
   * @param bytes its length
   */
  record Header(int subject, int part, int bytes) {}

  /** This member's place, 0 for the first. */
  int rank();

  /** The number of devices of each member, by rank; at least two members. */
  List<Integer> devices();

  /** Sends what remains of a buffer to the next member. */
  void send(int subject, int part, ByteBuffer bytes);

  /** Waits for the next message. */
  Header receive();

  /** Fills what remains of a buffer with bytes of that message. */
  void receive(ByteBuffer bytes);

  /** Leaves the ring, which breaks it for those who still train. */
  @Override
  void close();
}
