package dev.proxima.experiments.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.proxima.experiments.UserError;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsFilesTest {

  @TempDir private static Path folder;
  private static Path node;
  private static Path client;
  private static Path otherCluster;
  private static Path otherAuthority;

  @TempDir private Path own;

  @BeforeAll
  static void issueCertificates() throws Exception {
    DevelopmentCa authority = new DevelopmentCa(folder.resolve("ca"));
    node = authority.issue("node.example.org");
    client = authority.issue("192.0.2.1");
    otherCluster = authority.issue("other.example.org", "another-cluster");
    otherAuthority = new DevelopmentCa(folder.resolve("other-ca")).issue("node.example.org");
  }

  @Test
  void bothSidesKnowEachOther() throws Exception {
    assertThat(handshake(node, client)).isEqualTo('!');
  }

  @Test
  void aClientOfAnotherAuthorityIsRefused() {
    assertRefused(node, otherAuthority);
  }

  @Test
  void aClientOfAnotherClusterIsRefused() {
    assertRefused(node, otherCluster);
  }

  @Test
  void aServerOfAnotherClusterIsRefused() {
    assertRefused(otherCluster, client);
  }

  @Test
  void saysWhichFileIsWrong() throws IOException {
    assertWrong("ca.pem cannot be read; it needs key.pem, cert.pem and ca.pem, see dev-ca.sh");
    copy(node, "ca.pem", "cert.pem", "key.pem");
    TlsFiles.open(own);
    copy(client, "key.pem");
    assertWrong("key.pem is not the key of cert.pem");
    copy(otherAuthority, "cert.pem", "key.pem");
    assertWrong("cert.pem was not issued by the authority in ca.pem");
    copy(node, "cert.pem");
    Files.writeString(own.resolve("key.pem"), "secret");
    assertWrong("key.pem holds no RSA key in PEM form (PKCS #8) without a password");
    Files.writeString(own.resolve("ca.pem"), "trust me");
    assertWrong("ca.pem holds no certificate in PEM form");
  }

  @Test
  void keysAreTheirOwnersAlone() throws IOException {
    assertThat(Files.getPosixFilePermissions(node.resolve("key.pem")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void onlyTheLoopbackInterfaceIsUsedWithoutTls() {
    Security open = new Security(Optional.empty(), false);
    open.checkMayListen("127.0.0.1");
    open.checkMayListen("::1");
    assertThatThrownBy(() -> open.checkMayListen("192.0.2.1"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "192.0.2.1: without TLS only the loopback interface is used; give --tls DIR, or --insecure on a network that is closed to others");
    new Security(Optional.empty(), true).checkMayListen("192.0.2.1");
    Security.of(Optional.of(node), false).checkMayListen("192.0.2.1");
  }

  private void copy(Path from, String... names) throws IOException {
    for (String name : names) {
      Files.copy(from.resolve(name), own.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private void assertWrong(String what) {
    assertThatThrownBy(() -> TlsFiles.open(own))
        .isInstanceOf(UserError.class)
        .hasMessage("--tls %s: %s", own, what);
  }

  private static void assertRefused(Path server, Path client) {
    assertThatThrownBy(() -> handshake(server, client)).isInstanceOf(SSLException.class);
  }

  /** The byte that a server sends when it has accepted its client. */
  private static int handshake(Path server, Path client) throws IOException {
    SSLContext context = TlsFiles.open(server).context();
    try (SSLServerSocket door =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      door.setNeedClientAuth(true);
      CompletableFuture.runAsync(() -> greet(door));
      try (SSLSocket socket =
          (SSLSocket)
              TlsFiles.open(client)
                  .context()
                  .getSocketFactory()
                  .createSocket(InetAddress.getLoopbackAddress(), door.getLocalPort())) {
        return socket.getInputStream().read();
      }
    }
  }

  private static void greet(SSLServerSocket door) {
    try (SSLSocket socket = (SSLSocket) door.accept()) {
      socket.getOutputStream().write('!');
    } catch (IOException e) {
      // The client sees it too.
    }
  }
}
