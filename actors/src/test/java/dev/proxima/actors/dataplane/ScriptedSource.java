package dev.proxima.actors.dataplane;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A source that misbehaves as told, one script a connection; after the last one nobody listens. It
 * writes the protocol out byte by byte, independently of the code under test.
 */
final class ScriptedSource implements AutoCloseable {

  private static final int CHUNK = 256 * 1024;

  /** What happens on a connection once the request is read; the connection is closed after it. */
  @FunctionalInterface
  interface Script {
    void play(DataOutputStream out, long offset) throws IOException;
  }

  private final ServerSocket server;
  private final Deque<Script> scripts;
  private final List<Long> offsets = Collections.synchronizedList(new ArrayList<>());

  ScriptedSource(Script... scripts) throws IOException {
    this.scripts = new ArrayDeque<>(List.of(scripts));
    this.server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::listen, "scripted-source");
    thread.setDaemon(true);
    thread.start();
  }

  private void listen() {
    while (!scripts.isEmpty()) {
      try (Socket socket = server.accept()) {
        offsets.add(readRequest(new DataInputStream(socket.getInputStream())));
        if (scripts.size() == 1) {
          server.close();
        }
        scripts.remove().play(new DataOutputStream(socket.getOutputStream()), lastOffset());
      } catch (IOException e) {
        // The client went first.
      }
    }
  }

  private static long readRequest(DataInputStream in) throws IOException {
    in.readInt();
    in.readShort();
    in.readFully(new byte[in.readUnsignedByte() + 32]);
    return in.readLong();
  }

  private long lastOffset() {
    return offsets.get(offsets.size() - 1);
  }

  DataPlaneAddress address() {
    return new DataPlaneAddress("127.0.0.1", server.getLocalPort());
  }

  /** The offsets that were asked for, one a connection; -1 where none was. */
  List<Long> offsets() {
    return List.copyOf(offsets);
  }

  /** Announces an artefact with what it consists of. */
  static void found(DataOutputStream out, byte[] bytes) throws IOException {
    answer(out, 2, 0, bytes.length);
    try {
      out.write(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IOException(e);
    }
    for (int from = 0; from < bytes.length; from += CHUNK) {
      CRC32C checksum = new CRC32C();
      checksum.update(bytes, from, Math.min(CHUNK, bytes.length - from));
      out.writeInt((int) checksum.getValue());
    }
  }

  /** Announces no more than a length. */
  static void found(DataOutputStream out, long length) throws IOException {
    answer(out, 2, 0, length);
  }

  static void answer(DataOutputStream out, int version, int status, long length)
      throws IOException {
    out.writeBytes("PXDP");
    out.writeShort(version);
    out.writeByte(status);
    out.writeLong(length);
  }

  /** Sends bytes from {@code from} to {@code to} as one frame. */
  static void frame(DataOutputStream out, byte[] bytes, long from, long to) throws IOException {
    out.writeInt((int) (to - from));
    out.write(bytes, (int) from, (int) (to - from));
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
