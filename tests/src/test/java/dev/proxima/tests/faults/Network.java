package dev.proxima.tests.faults;

import java.util.ArrayList;
import java.util.List;

/**
 * Hosts as network namespaces of this machine, joined by a bridge that the test is on too, and a
 * second bridge for those that are cut off. Needs the right to make them.
 */
final class Network implements AutoCloseable {

  private static final String SUBNET = "10.213.77.";
  private static final String JOINED = "prox-joined";
  private static final String CUT_OFF = "prox-cut";

  private final List<String> hosts = new ArrayList<>();

  Network(int size) {
    try {
      ip("link", "add", JOINED, "type", "bridge");
      ip("link", "add", CUT_OFF, "type", "bridge");
      ip("addr", "add", SUBNET + "1/24", "dev", JOINED);
      ip("link", "set", JOINED, "up");
      ip("link", "set", CUT_OFF, "up");
      for (int i = 0; i < size; i++) {
        add("prox" + i, SUBNET + (10 + i));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** A node's plan on one of the hosts. */
  NodePlan plan(String role, int host) {
    return new NodePlan(role, SUBNET + (10 + host), 25520)
        .launchedBy("ip", "netns", "exec", hosts.get(host));
  }

  /** The host of {@code address}. */
  int host(String address) {
    for (int i = 0; i < hosts.size(); i++) {
      if (address.contains(SUBNET + (10 + i) + ":")) {
        return i;
      }
    }
    throw new IllegalArgumentException(address);
  }

  /** These hosts reach each other and nobody else. */
  void cutOff(int... some) {
    for (int host : some) {
      ip("link", "set", hosts.get(host) + "-v", "master", CUT_OFF);
    }
  }

  void heal() {
    for (String host : hosts) {
      ip("link", "set", host + "-v", "master", JOINED);
    }
  }

  @Override
  public void close() {
    hosts.forEach(host -> ip("netns", "del", host));
    tryIp("link", "del", JOINED);
    tryIp("link", "del", CUT_OFF);
  }

  private void add(String host, String address) {
    ip("netns", "add", host);
    hosts.add(host);
    ip("link", "add", host + "-v", "type", "veth", "peer", "name", "eth0", "netns", host);
    ip("link", "set", host + "-v", "master", JOINED, "up");
    ip("-n", host, "addr", "add", address + "/24", "dev", "eth0");
    ip("-n", host, "link", "set", "eth0", "up");
    ip("-n", host, "link", "set", "lo", "up");
  }

  private static void tryIp(String... arguments) {
    try {
      ip(arguments);
    } catch (IllegalStateException e) {
      // It was never made.
    }
  }

  private static void ip(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    Commands.run(command.toArray(String[]::new));
  }
}
