package dev.proxima.actors.dataplane;

import dev.proxima.actors.serialization.CborSerializable;

/**
 * Where a node serves artefacts.
 *
 * @param host a name or an address that the other nodes reach
 * @param port 1 to 65535
 */
public record DataPlaneAddress(String host, int port) implements CborSerializable {

  public DataPlaneAddress {
    if (host.isBlank()) {
      throw new IllegalArgumentException("the data plane's host is empty");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("the data plane's port " + port + " is not in 1..65535");
    }
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
