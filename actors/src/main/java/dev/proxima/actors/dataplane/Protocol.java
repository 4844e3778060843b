package dev.proxima.actors.dataplane;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * What goes over a connection, all numbers with the most significant byte first:
 *
 * <ul>
 *   <li>the client's request: magic (4 bytes), version (2), length of the cluster's name (1), the
 *       name, the artefact's name (32), the offset to begin at (8), a multiple of {@link
 *       Manifest#CHUNK} or the length, or -1 for the manifest alone, or -2 to send to the node as
 *       the one before it in a ring: the name is the ring's then, and {@link RingConnection} says
 *       what follows the answer;
 *   <li>the server's answer: magic (4), version (2), {@link Status} (1), the artefact's length (8);
 *       where it is found, the manifest as {@link Manifest#encoded} says;
 *   <li>the server's frames until the artefact's end: size (4), that many bytes in whole chunks. A
 *       size of 0 says that the server waits for more itself.
 * </ul>
 */
final class Protocol {

  /** The most bytes of a frame. */
  static final int FRAME = 64 * Manifest.CHUNK;

  private static final int MAGIC = 0x50584450;
  private static final short VERSION = 2;
  private static final int PREFIX = Integer.BYTES + Short.BYTES + Byte.BYTES;
  private static final int NAME = 32;

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

  /**
   * Asks for an artefact.
   *
   * @param offset where to begin, or {@link #NOTHING}
   */
  record Request(String cluster, ArtifactId id, long offset) {

    /** Instead of an offset: what the artefact consists of, and none of its bytes. */
    static final long NOTHING = -1;

    /** Instead of an offset: the sender is the member before the server in a ring. */
    static final long RING = -2;

    void send(Connection server) throws IOException {
      byte[] name = cluster.getBytes(StandardCharsets.UTF_8);
      ByteBuffer request = ByteBuffer.allocate(PREFIX + name.length + NAME + Long.BYTES);
      request.putInt(MAGIC).putShort(VERSION).put((byte) name.length).put(name);
      request.put(HexFormat.of().parseHex(id.sha256())).putLong(offset);
      server.write(request.flip());
    }

    /**
     * Sends it and waits for the answer of a server that grants it.
     *
     * @throws IOException which says why the server does not
     */
    Answer ask(Connection server) throws IOException {
      send(server);
      Answer answer = Answer.receive(server);
      if (answer.status() != Status.FOUND) {
        throw new IOException("it " + answer.status().text());
      }
      return answer;
    }

    static Request receive(Connection client) throws IOException {
      ByteBuffer prefix = Protocol.receive(client, PREFIX);
      if (prefix.getInt() != MAGIC) {
        throw new ProtocolException("it does not speak the data plane's protocol");
      }
      short version = prefix.getShort();
      if (version != VERSION) {
        throw new VersionException(version);
      }
      byte[] name = new byte[Byte.toUnsignedInt(prefix.get())];
      byte[] hash = new byte[NAME];
      ByteBuffer rest = Protocol.receive(client, name.length + NAME + Long.BYTES);
      rest.get(name).get(hash);
      return new Request(
          new String(name, StandardCharsets.UTF_8),
          new ArtifactId(HexFormat.of().formatHex(hash)),
          rest.getLong());
    }

    /**
     * Checks the offset, now that the length is known.
     *
     * @throws ProtocolException if no chunk begins there
     */
    void checkOffset(long length) throws ProtocolException {
      boolean begins = offset % Manifest.CHUNK == 0 || offset == length;
      if (offset < NOTHING || offset > length || offset != NOTHING && !begins) {
        throw new ProtocolException("it asks for the offset " + offset);
      }
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
      ByteBuffer answer = ByteBuffer.allocate(BYTES);
      answer.putInt(MAGIC).putShort(VERSION).put((byte) status.ordinal()).putLong(length);
      client.write(answer.flip());
    }

    static Answer receive(Connection server) throws IOException {
      ByteBuffer answer = Protocol.receive(server, BYTES);
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

  static void sendManifest(Connection client, Manifest manifest) throws IOException {
    client.write(manifest.encoded());
  }

  static Manifest receiveManifest(Connection server, long length) throws IOException {
    return Manifest.decode(length, receive(server, Manifest.encodedBytes(length)));
  }

  /** Announces so many bytes, or none yet. */
  static void sendFrame(Connection client, int bytes) throws IOException {
    client.write(ByteBuffer.allocate(Integer.BYTES).putInt(bytes).flip());
  }

  /** How many bytes come next, 0 to {@link #FRAME}; 0 where there are none yet. */
  static int receiveFrame(Connection server) throws IOException {
    int bytes = receive(server, Integer.BYTES).getInt();
    if (bytes < 0 || bytes > FRAME) {
      throw new ProtocolException("it announces a frame of " + bytes + " bytes");
    }
    return bytes;
  }

  private static ByteBuffer receive(Connection peer, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    peer.read(buffer);
    return buffer.flip();
  }
}
