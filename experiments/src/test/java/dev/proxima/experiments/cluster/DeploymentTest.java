package dev.proxima.experiments.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.proxima.experiments.Main;
import dev.proxima.experiments.config.ClusterConfig;
import dev.proxima.experiments.config.NodeConfig;
import dev.proxima.experiments.config.NodeConfig.Bootstrap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The files for Kubernetes and systemd say what the code expects. */
class DeploymentTest {

  private static final Path KUBERNETES = Path.of("../cluster-config/kubernetes");
  private static final Path SYSTEMD = Path.of("../cluster-config/systemd/proxima-node.service");
  private static final Path ROLES = Path.of("../cluster-config/roles");
  private static final String NAME = "app.kubernetes.io/name";
  private static final String COMPONENT = "app.kubernetes.io/component";

  /** By kind and name. */
  private static final Map<String, JsonNode> objects = new TreeMap<>();

  @BeforeAll
  static void read() throws IOException {
    YAMLMapper yaml = new YAMLMapper();
    for (String file : kustomization("resources")) {
      MappingIterator<JsonNode> documents =
          yaml.readerFor(JsonNode.class).readValues(KUBERNETES.resolve(file).toFile());
      for (JsonNode object : documents.readAll()) {
        objects.put(
            object.get("kind").asText() + "/" + object.at("/metadata/name").asText(), object);
      }
    }
  }

  @Test
  void everyFileIsInTheKustomization() throws IOException {
    List<String> named = new ArrayList<>(kustomization("resources"));
    named.addAll(kustomization("configMapGenerator", "files"));
    named.add("kustomization.yaml");
    try (Stream<Path> files = Files.list(KUBERNETES)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(named);
    }
  }

  @Test
  void theNodesFindEachOther() {
    Config actors = actors(node());
    JsonNode coordinators = objects.get("StatefulSet/proxima-coordinator");
    Config discovery =
        actors.getConfig("pekko.management.cluster.bootstrap.contact-point-discovery");
    assertThat(discovery.getString("discovery-method")).isEqualTo("kubernetes-api");
    assertThat(discovery.getInt("required-contact-point-nr"))
        .isEqualTo(coordinators.at("/spec/replicas").asInt());
    assertThat(
            actors
                .getString("pekko.discovery.kubernetes-api.pod-label-selector")
                .formatted(discovery.getString("service-name")))
        .isEqualTo(selector(coordinators.at("/spec/template/metadata/labels")));
    assertThat(ports(coordinators))
        .containsEntry(
            discovery.getString("port-name"), actors.getInt("pekko.management.http.port"))
        .containsEntry("remoting", actors.getInt("pekko.remote.artery.canonical.port"));
    assertThat(ports(objects.get("Deployment/proxima-worker"))).isEqualTo(ports(coordinators));
  }

  @Test
  void theyMayListPodsAndNothingElse() {
    JsonNode rules = objects.get("Role/proxima-bootstrap").get("rules");
    assertThat(rules).hasSize(1);
    assertThat(texts(rules.at("/0/resources"))).containsExactly("pods");
    assertThat(texts(rules.at("/0/verbs"))).containsExactlyInAnyOrder("get", "list", "watch");
    JsonNode binding = objects.get("RoleBinding/proxima-bootstrap");
    assertThat(binding.at("/roleRef/name").asText()).isEqualTo("proxima-bootstrap");
    String account = binding.at("/subjects/0/name").asText();
    assertThat(objects).containsKey("ServiceAccount/" + account);
    assertThat(pods())
        .allSatisfy(pod -> assertThat(pod.get("serviceAccountName").asText()).isEqualTo(account));
  }

  @ParameterizedTest
  @ValueSource(strings = {"StatefulSet/proxima-coordinator", "Deployment/proxima-worker"})
  void aNodeIsStartedAndAskedAsTheCodeExpects(String name) {
    JsonNode labels = objects.get(name).at("/spec/template/metadata/labels");
    assertThat(objects.get(name).at("/spec/selector/matchLabels")).isEqualTo(labels);
    JsonNode container = objects.get(name).at("/spec/template/spec/containers/0");
    List<String> arguments = texts(container.get("args"));
    new CommandLine(Main.class).parseArgs(arguments.toArray(String[]::new));
    assertThat(arguments).containsSubsequence("--roles", labels.get(COMPONENT).asText());

    Config health = actors(node()).getConfig("pekko.management.health-checks");
    String ready = "/" + health.getString("readiness-path");
    String alive = "/" + health.getString("liveness-path");
    assertThat(container.at("/readinessProbe/httpGet/path").asText()).isEqualTo(ready);
    assertThat(container.at("/livenessProbe/httpGet/path").asText()).isEqualTo(alive);
    assertThat(container.at("/startupProbe/httpGet/path").asText()).isEqualTo(alive);
    for (String probe : List.of("readinessProbe", "livenessProbe", "startupProbe")) {
      assertThat(container.at("/" + probe + "/httpGet/port").asText()).isEqualTo("management");
    }

    Map<String, String> mounts =
        stream(container.get("volumeMounts"))
            .collect(
                Collectors.toMap(
                    mount -> mount.get("mountPath").asText(), mount -> mount.get("name").asText()));
    NodeConfig node = node();
    assertThat(mounts)
        .containsKeys(
            node.state().toString(),
            node.state().resolve("cluster.conf").toString(),
            node.tls().orElseThrow().toString());
    assertThat(stream(objects.get(name).at("/spec/template/spec/volumes")))
        .extracting(volume -> volume.get("name").asText())
        .containsAll(mounts.values());
  }

  @Test
  void theRoomToLeaveIsLongerThanLeavingTakes() throws IOException {
    long leaving =
        actors(node())
            .getDuration("pekko.coordinated-shutdown.phases.before-service-unbind.timeout")
            .toSeconds();
    assertThat(pods())
        .allSatisfy(
            pod ->
                assertThat(pod.get("terminationGracePeriodSeconds").asLong())
                    .isGreaterThan(leaving));
    assertThat(Long.parseLong(unit("TimeoutStopSec"))).isGreaterThan(leaving);
  }

  @Test
  void nodesHearNodesAlone() {
    JsonNode policy = objects.get("NetworkPolicy/proxima").get("spec");
    JsonNode nodes = policy.get("podSelector");
    assertThat(nodes.at("/matchLabels").size()).isEqualTo(1);
    assertThat(policy.at("/ingress")).hasSize(1);
    assertThat(policy.at("/ingress/0/from")).hasSize(1);
    assertThat(policy.at("/ingress/0/from/0/podSelector")).isEqualTo(nodes);
  }

  @Test
  void theClusterIsConfigured() {
    assertThat(node().bootstrap()).isEqualTo(Bootstrap.KUBERNETES);
    ClusterConfig.load(KUBERNETES.resolve("cluster.conf"));
    assertThat(pods())
        .allSatisfy(
            pod ->
                assertThat(stream(pod.at("/containers/0/env")))
                    .extracting(variable -> variable.get("name").asText())
                    .contains("PROXIMA_JOURNAL_PASSWORD"));
  }

  @Test
  void theUnitStartsANode() throws IOException {
    String[] command = unit("ExecStart").split(" ");
    assertThat(command[0]).endsWith("/proxima");
    new CommandLine(Main.class).parseArgs(Arrays.copyOfRange(command, 1, command.length));
    assertThat(unit("Restart")).isEqualTo("always");
  }

  @ParameterizedTest
  @ValueSource(strings = {"coordinator", "worker"})
  void theRoleFilesAreRead(String role) {
    NodeConfig node = NodeConfig.load(Optional.of(ROLES.resolve(role + ".conf")), Map.of());
    assertThat(node.roles()).containsExactly(role);
    assertThat(node.seedNodes()).hasSize(3).allMatch(seed -> seed.endsWith(":" + node.port()));
    assertThat(node.tls()).isPresent();
  }

  private static NodeConfig node() {
    return NodeConfig.load(Optional.of(KUBERNETES.resolve("node.conf")), Map.of());
  }

  /** Of a node as the manifests start it, without its keys and state. */
  private static Config actors(NodeConfig node) {
    Config own = NodeActors.bootstrap(node);
    return own.withFallback(ConfigFactory.load()).resolve();
  }

  private static List<JsonNode> pods() {
    return Stream.of("StatefulSet/proxima-coordinator", "Deployment/proxima-worker")
        .map(name -> objects.get(name).at("/spec/template/spec"))
        .toList();
  }

  private static Map<String, Integer> ports(JsonNode workload) {
    return stream(workload.at("/spec/template/spec/containers/0/ports"))
        .collect(
            Collectors.toMap(
                port -> port.get("name").asText(), port -> port.get("containerPort").asInt()));
  }

  private static String selector(JsonNode labels) {
    return Stream.of(NAME, COMPONENT)
        .map(key -> key + "=" + labels.get(key).asText())
        .collect(Collectors.joining(","));
  }

  private static String unit(String key) throws IOException {
    return Files.readAllLines(SYSTEMD).stream()
        .filter(line -> line.startsWith(key + "="))
        .map(line -> line.substring(key.length() + 1))
        .collect(Collectors.joining("\n"));
  }

  private static List<String> kustomization(String... path) throws IOException {
    JsonNode node = new YAMLMapper().readTree(KUBERNETES.resolve("kustomization.yaml").toFile());
    for (String key : path) {
      node = node.isArray() ? node.get(0).get(key) : node.get(key);
    }
    return texts(node);
  }

  private static List<String> texts(JsonNode array) {
    return stream(array).map(JsonNode::asText).toList();
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
