package dev.proxima.experiments.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.experiments.config.NodeConfig;
import dev.proxima.models.ComputeDevice;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes that know each other's management ports, and no seed nodes. */
class BootstrapTest {

  private static final int NODES = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  @TempDir private static Path folder;
  private static final List<Integer> ports = new ArrayList<>();
  private static final List<Node> nodes = new ArrayList<>();
  private static final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    for (int i = 0; i < NODES; i++) {
      ports.add(freePort());
    }
    Path tls = new DevelopmentCa(folder.resolve("ca")).issue("127.0.0.1");
    Path file = Files.writeString(folder.resolve("node.conf"), configuration(tls));
    for (int port : ports) {
      NodeConfig config =
          NodeConfig.load(
              Optional.of(file),
              Map.of(
                  "port",
                  0,
                  "management-port",
                  port,
                  "cache",
                  folder.resolve("cache-" + port).toString()));
      nodes.add(Node.start(config, List.of(ComputeDevice.CPU)));
    }
    for (int port : ports) {
      awaitStatus(port, "/ready", 200);
    }
  }

  private static String configuration(Path tls) {
    return """
        proxima.node { bootstrap = config, state = "%s", tls = "%s" }
        pekko {
          discovery.config.services.proxima.endpoints = [%s]
          management.cluster.bootstrap.contact-point-discovery.required-contact-point-nr = %d
          coordinated-shutdown { exit-jvm = off, run-by-jvm-shutdown-hook = off }
        }
        """
        .formatted(
            folder.resolve("state"),
            tls,
            ports.stream()
                .map("{ host = \"127.0.0.1\", port = %d }"::formatted)
                .collect(Collectors.joining(", ")),
            NODES);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    nodes.forEach(Node::stop);
    for (Node node : nodes) {
      node.awaitEnd();
    }
  }

  @Test
  void theyFormOneCluster() throws Exception {
    for (int port : ports) {
      String members = get(port, "/bootstrap/seed-nodes").body();
      assertThat(nodes).allSatisfy(node -> assertThat(members).contains(node.address()));
    }
  }

  @Test
  void theManagementPortTakesNoCommands() throws Exception {
    int port = ports.get(0);
    assertThat(get(port, "/alive").statusCode()).isEqualTo(200);
    assertThat(get(port, "/cluster/members").statusCode()).isEqualTo(404);
    for (String method : List.of("POST", "PUT", "DELETE")) {
      for (String path : List.of("/bootstrap/seed-nodes", "/cluster/members", "/")) {
        assertThat(send(port, method, path).statusCode()).as(method + path).isIn(404, 405);
      }
    }
  }

  private static void awaitStatus(int port, String path, int status) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    int seen = get(port, path).statusCode();
    while (seen != status && System.nanoTime() < deadline) {
      Thread.sleep(100);
      seen = get(port, path).statusCode();
    }
    assertThat(seen).isEqualTo(status);
  }

  private static HttpResponse<String> get(int port, String path)
      throws IOException, InterruptedException {
    return send(port, "GET", path);
  }

  private static HttpResponse<String> send(int port, String method, String path)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
