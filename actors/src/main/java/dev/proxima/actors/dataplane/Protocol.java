package dev.proxima.actors.dataplane;

import dev.proxima.actors.artifacts.ArtifactId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * What goes over a connection, all numbers with the most significant byte first:
 *
 * <ul>
 *   <li>the client's request: magic (4 bytes), version (2), length of the cluster's name (1), the
 *       name, the artefact's SHA-256 (32), the offset to begin at (8);
 *   <li>the server's answer: magic (4), version (2), {@link Status} (1), the artefact's length (8);
 *   <li>frames until the artefact's end: size (4), CRC32C (4), that many bytes. A size of 0 says
 *       that the server waits for more itself, a size of -1 that the bytes so far are wrong.
 * </ul>
 */
final class Protocol {

  /** The most bytes of a frame; small enough to stay in a core's cache. */
  static final int CHUNK = 256 * 1024;

  static final int FRAME_HEADER = 2 * Integer.BYTES;
  static final int KEEP_ALIVE = 0;
  static final int WITHDRAWN = -1;

  private static final int MAGIC = 0x50584450;
  private static final short VERSION = 1;
  private static final int PREFIX = Integer.BYTES + Short.BYTES + Byte.BYTES;
  private static final int SHA256 = 32;

  /** How a server answers a request. */
  enum Status {
    FOUND("has it"),
    MISSING("does not have it"),
    OTHER_CLUSTER("belongs to another cluster"),
    OTHER_VERSION("speaks another version of the protocol");

    private final String text;

    Status(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  /** The peer does not speak this protocol. */
  static final class ProtocolException extends IOException {

    ProtocolException(String message) {
      super(message);
    }
  }

  /** The client's version is another; what else it says cannot be read. */
  static final class VersionException extends IOException {

    VersionException(int version) {
      super("it speaks version " + version + " of the protocol, not " + VERSION);
    }
  }

  /** The bytes of an artefact from an offset on. */
  record Request(String cluster, ArtifactId id, long offset) {

    void send(Connection server) throws IOException {
      byte[] name = cluster.getBytes(StandardCharsets.UTF_8);
      ByteBuffer request = server.allocate(PREFIX + name.length + SHA256 + Long.BYTES);
      request.putInt(MAGIC).putShort(VERSION).put((byte) name.length).put(name);
      request.put(HexFormat.of().parseHex(id.sha256())).putLong(offset);
      server.write(request.flip());
    }

    static Request receive(Connection client) throws IOException {
      ByteBuffer prefix = receive(client, PREFIX);
      if (prefix.getInt() != MAGIC) {
        throw new ProtocolException("it does not speak the data plane's protocol");
      }
      short version = prefix.getShort();
      if (version != VERSION) {
        throw new VersionException(version);
      }
      byte[] name = new byte[Byte.toUnsignedInt(prefix.get())];
      byte[] hash = new byte[SHA256];
      ByteBuffer rest = receive(client, name.length + SHA256 + Long.BYTES);
      rest.get(name).get(hash);
      long offset = rest.getLong();
      if (offset < 0) {
        throw new ProtocolException("it asks for the offset " + offset);
      }
      return new Request(
          new String(name, StandardCharsets.UTF_8),
          new ArtifactId(HexFormat.of().formatHex(hash)),
          offset);
    }

    private static ByteBuffer receive(Connection client, int bytes) throws IOException {
      ByteBuffer buffer = client.allocate(bytes);
      client.read(buffer);
      return buffer.flip();
    }
  }

  /**
   * The server's answer.
   *
   * @param length the artefact's bytes; 0 where it is not found
   */
  record Answer(Status status, long length) {

    private static final int BYTES = PREFIX + Long.BYTES;

    void send(Connection client) throws IOException {
      ByteBuffer answer = client.allocate(BYTES);
      answer.putInt(MAGIC).putShort(VERSION).put((byte) status.ordinal()).putLong(length);
      client.write(answer.flip());
    }

    static Answer receive(Connection server) throws IOException {
      ByteBuffer answer = server.allocate(BYTES);
      server.read(answer);
      answer.flip();
      if (answer.getInt() != MAGIC) {
        throw new ProtocolException("it does not speak the data plane's protocol");
      }
      short version = answer.getShort();
      if (version != VERSION) {
        throw new VersionException(version);
      }
      int status = answer.get();
      if (status < 0 || status >= Status.values().length) {
        throw new ProtocolException("it answers with the unknown status " + status);
      }
      return new Answer(Status.values()[status], answer.getLong());
    }
  }

  private Protocol() {}
}
