package dev.proxima.actors.dataplane;

import dev.proxima.actors.artifacts.ArtifactId;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Speaks the protocol byte by byte, independently of the code under test. */
final class RawClient implements AutoCloseable {

  private static final int CHUNK = 256 * 1024;

  final Socket socket;
  final DataInputStream in;

  RawClient(DataPlaneAddress server) throws IOException {
    socket = new Socket(server.host(), server.port());
    in = new DataInputStream(socket.getInputStream());
  }

  /** Asks and returns the status: 0 found, 1 missing, 2 other cluster, 3 other version. */
  int ask(int version, String cluster, ArtifactId id, long offset) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeBytes("PXDP");
    out.writeShort(version);
    out.writeByte(cluster.length());
    out.writeBytes(cluster);
    out.write(HexFormat.of().parseHex(id.sha256()));
    out.writeLong(offset);
    send(bytes.toByteArray());
    byte[] magic = in.readNBytes(4);
    if (!new String(magic, StandardCharsets.US_ASCII).equals("PXDP")) {
      throw new IOException("not the protocol");
    }
    in.readShort();
    return in.readUnsignedByte();
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  /** Reads the announcement of what was found; its length. */
  long length() throws IOException {
    long length = in.readLong();
    in.readNBytes(32 + 4 * (int) ((length + CHUNK - 1) / CHUNK));
    return length;
  }

  /** A frame's size; its bytes are read and dropped. */
  int frame() throws IOException {
    int size = in.readInt();
    in.readNBytes(Math.max(0, size));
    return size;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
