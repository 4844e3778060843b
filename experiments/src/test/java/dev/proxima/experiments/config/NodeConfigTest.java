package dev.proxima.experiments.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.proxima.experiments.UserError;
import dev.proxima.experiments.config.NodeConfig.Bootstrap;
import dev.proxima.models.ComputeDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeConfigTest {

  @TempDir private Path folder;

  @Test
  void defaultsAreThoseOfALocalNode() {
    NodeConfig node = NodeConfig.load(Optional.empty(), Map.of());
    assertThat(node.roles()).containsExactly("coordinator", "worker");
    assertThat(node.host()).isEqualTo("127.0.0.1");
    assertThat(node.port()).isEqualTo(25520);
    assertThat(node.seedNodes()).containsExactly("127.0.0.1:25520");
    assertThat(node.bootstrap()).isEqualTo(Bootstrap.SEED_NODES);
    assertThat(node.state()).isEqualTo(Path.of("cluster"));
    assertThat(node.devices()).isEmpty();
    assertThat(node.tls()).isEmpty();
    assertThat(node.insecure()).isFalse();
  }

  @Test
  void theCommandLineGoesBeforeTheFile() throws IOException {
    Path file =
        file(
            "proxima.node { roles = [worker], port = 1, devices = [cpu, \"cuda:1\"], tls = keys }",
            "pekko.cluster.down-removal-margin = 2s");
    NodeConfig node =
        NodeConfig.load(Optional.of(file), Map.of("port", 2, "seed-nodes", List.of("a:3")));
    assertThat(node.roles()).containsExactly("worker");
    assertThat(node.port()).isEqualTo(2);
    assertThat(node.seedNodes()).containsExactly("a:3");
    assertThat(node.devices()).containsExactly(ComputeDevice.CPU, ComputeDevice.parse("cuda:1"));
    assertThat(node.tls()).contains(Path.of("keys"));
    assertThat(node.actors().getString("pekko.cluster.down-removal-margin")).isEqualTo("2s");
  }

  @Test
  void refusesWhatItDoesNotKnow() throws IOException {
    assertRefused(
        "proxima.node.prot = 1",
        ":1: unknown key proxima.node.prot; did you mean proxima.node.port?");
    assertRefused("node.port = 1", ":1: unknown section node; use proxima.node or pekko");
    assertRefused(
        "proxima.node.roles = [wroker]",
        ":1: proxima.node.roles = [wroker] is not accepted; use coordinator, worker or both");
    assertRefused(
        "proxima.node.port = 65536",
        ":1: proxima.node.port = 65536 is not accepted; use a port of at most 65535");
    assertRefused(
        "proxima.node.seed-nodes = [a]",
        ":1: proxima.node.seed-nodes = [a] is not accepted; use a list of host:port");
    assertRefused("proxima.node.devices = gpu", "use auto, or a list of cpu, cuda:0, ...");
    assertRefused("proxima.node.bootstrap = dns", "use one of seed-nodes, kubernetes, config");
  }

  @Test
  void namesTheOptionThatIsWrong() {
    assertThatThrownBy(() -> NodeConfig.load(Optional.empty(), Map.of("roles", List.of("chief"))))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "--roles: proxima.node.roles = [chief] is not accepted; use coordinator, worker or both");
  }

  private void assertRefused(String text, String message) throws IOException {
    Path file = file(text);
    assertThatThrownBy(() -> NodeConfig.load(Optional.of(file), Map.of()))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageEndingWith(message);
  }

  private Path file(String... lines) throws IOException {
    return Files.write(folder.resolve("node.conf"), List.of(lines));
  }
}
