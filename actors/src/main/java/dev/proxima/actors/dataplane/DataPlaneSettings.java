package dev.proxima.actors.dataplane;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How a node serves and pulls artefacts.
 *
 * @param cluster nodes of another cluster are refused; 1 to 255 bytes of UTF-8
 * @param tls keys and trusted authorities; both sides must then show a certificate that the other
 *     trusts. Host names are not compared: belonging to the authority is what counts. Whoever does
 *     is trusted not to forge chunks to their checksums, as it is with the cluster's messages;
 *     without TLS everybody who reaches the nodes is
 * @param idle within this a peer must connect, ask, answer and take or send one MiB, or it is
 *     dropped; positive
 * @param patience how long a server waits for an artefact that its own node has not begun to pull;
 *     shorter than {@code idle}
 * @param connections peers that are served at once, at least 1
 * @param largest the largest artefact to accept, in bytes, 1 to 2^44
 * @param kept versions that stay in the node's folder, at least 1
 */
public record DataPlaneSettings(
    String cluster,
    Optional<SSLContext> tls,
    Duration idle,
    Duration patience,
    int connections,
    long largest,
    int kept) {

  private static final int LONGEST_NAME = 255;
  private static final long TEBIBYTE = 1L << 40;
  private static final long LARGEST = 1L << 44;

  public DataPlaneSettings {
    int name = cluster.getBytes(StandardCharsets.UTF_8).length;
    check(name >= 1 && name <= LONGEST_NAME, "cluster", "a name of 1 to 255 bytes");
    check(!idle.isNegative() && !idle.isZero(), "idle", "a positive duration");
    check(
        !patience.isNegative() && patience.compareTo(idle) < 0,
        "patience",
        "a duration shorter than idle");
    check(connections >= 1, "connections", "at least 1");
    check(largest >= 1 && largest <= LARGEST, "largest", "1 to 2^44 bytes");
    check(kept >= 1, "kept", "at least 1");
  }

  /** For clusters of one trusted network; without TLS. */
  public static DataPlaneSettings of(String cluster) {
    return new DataPlaneSettings(
        cluster, Optional.empty(), Duration.ofSeconds(30), Duration.ofSeconds(5), 64, TEBIBYTE, 8);
  }

  public DataPlaneSettings withTls(SSLContext context) {
    return new DataPlaneSettings(
        cluster, Optional.of(context), idle, patience, connections, largest, kept);
  }

  private static void check(boolean holds, String name, String accepted) {
    if (!holds) {
      throw new IllegalArgumentException("the data plane's " + name + " takes " + accepted);
    }
  }
}
