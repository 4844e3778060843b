package dev.proxima.experiments.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Certificates from the script that ships; it needs bash and openssl. */
record DevelopmentCa(Path folder) {

  private static final String SCRIPT = "../cluster-config/tls/dev-ca.sh";

  /** The folder of a certificate for {@code name}, of the cluster "proxima". */
  Path issue(String name) throws IOException, InterruptedException {
    return issue(name, "proxima");
  }

  Path issue(String name, String cluster) throws IOException, InterruptedException {
    ProcessBuilder script = script(name);
    script.environment().put("CLUSTER", cluster);
    Process process = script.start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
    return folder.resolve(name);
  }

  ProcessBuilder script(String... names) {
    List<String> command = new ArrayList<>(List.of("bash", SCRIPT, folder.toString()));
    command.addAll(List.of(names));
    return new ProcessBuilder(command).redirectErrorStream(true);
  }
}
