package dev.proxima.experiments.bench;

/** A way for a file from node to node. */
public enum Route {
  /** Bytes alone, straight from the file into the socket and from there into a file. */
  PLAIN_SOCKET("plain socket", false),
  /** In chunks, each checked by its CRC32C in a manifest that the artefact's name covers. */
  DATA_PLANE("data plane", false),
  /** Also encrypted, by mutual TLS. */
  TLS("data plane, TLS", true);

  private final String label;
  private final boolean tls;

  Route(String label, boolean tls) {
    this.label = label;
    this.tls = tls;
  }

  String label() {
    return label;
  }

  boolean tls() {
    return tls;
  }
}
