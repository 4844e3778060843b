package dev.proxima.actors.dataplane;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
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

  DataPlaneAddress address() {
    return new DataPlaneAddress("127.0.0.1", server.getLocalPort());
  }

  /** The offsets that were asked for, one a connection. */
  List<Long> offsets() {
    return List.copyOf(offsets);
  }

  private long lastOffset() {
    return offsets.get(offsets.size() - 1);
  }

  /** Announces an artefact. */
  static void found(DataOutputStream out, long length) throws IOException {
    answer(out, 1, 0, length);
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
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, (int) from, (int) (to - from));
    frame(out, bytes, from, to, (int) checksum.getValue());
  }

  static void frame(DataOutputStream out, byte[] bytes, long from, long to, int checksum)
      throws IOException {
    out.writeInt((int) (to - from));
    out.writeInt(checksum);
    out.write(bytes, (int) from, (int) (to - from));
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
