package dev.proxima.experiments.cluster;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How a process shows who it is. */
public final class TlsOption {

  @Option(
      names = "--tls",
      paramLabel = "DIR",
      description =
          "Speak TLS and nothing else: a folder with key.pem, cert.pem and ca.pem"
              + " (cluster-config/tls/dev-ca.sh makes them).")
  private Path folder;

  /** Empty for none. */
  public Optional<Path> folder() {
    return Optional.ofNullable(folder);
  }
}
