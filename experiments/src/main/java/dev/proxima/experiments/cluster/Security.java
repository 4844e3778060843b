package dev.proxima.experiments.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import dev.proxima.experiments.UserError;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How the processes of a cluster know each other.
 *
 * @param tls empty for everybody who can connect
 * @param insecure whether that may be so beyond the loopback interface
 */
public record Security(Optional<TlsFiles> tls, boolean insecure) {

  /**
   * @param folder of the TLS files
   * @throws UserError where they are missing or do not belong together
   */
  public static Security of(Optional<Path> folder, boolean insecure) {
    return new Security(folder.map(TlsFiles::open), insecure);
  }

  /**
   * Refuses to be open to a network.
   *
   * @param host that a process is to listen at
   * @throws UserError where strangers could connect, or the host is unknown
   */
  void checkMayListen(String host) {
    if (tls.isEmpty() && !insecure && !resolve(host).isLoopbackAddress()) {
      throw new UserError(
          "%s: without TLS only the loopback interface is used; give --tls DIR, or --insecure on a network that is closed to others"
              .formatted(host));
    }
  }

  /** To be laid over the configuration of an actor system. */
  Config layer() {
    return tls.map(
            files ->
                ConfigFactory.parseResources("proxima-tls.conf")
                    .withValue(
                        "proxima.tls", ConfigValueFactory.fromAnyRef(files.folder().toString())))
        .orElse(ConfigFactory.empty());
  }

  private static InetAddress resolve(String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new UserError(host + ": there is no such host", e);
    }
  }
}
