package dev.proxima.experiments.bench;

/** A way for a file from node to node. */
public enum Route {
  /** Bytes alone, straight from the file into the socket: what the machine can do. */
  PLAIN_SOCKET("plain socket", false, false),
  /** Chunks with checksums. */
  DATA_PLANE("data plane, CRC32C", false, false),
  /** Also compares the whole with its name, as in production. */
  VERIFIED("data plane, CRC32C, SHA-256", false, true),
  /** Encrypted. */
  TLS("data plane, TLS, CRC32C", true, false),
  /** Encrypted, and compares the whole. */
  VERIFIED_TLS("data plane, TLS, CRC32C, SHA-256", true, true);

  private final String label;
  private final boolean tls;
  private final boolean verify;

  Route(String label, boolean tls, boolean verify) {
    this.label = label;
    this.tls = tls;
    this.verify = verify;
  }

  String label() {
    return label;
  }

  boolean tls() {
    return tls;
  }

  boolean verify() {
    return verify;
  }
}
