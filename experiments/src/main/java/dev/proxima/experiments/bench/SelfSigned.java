package dev.proxima.experiments.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A key for one benchmark, whose certificate all its nodes show and trust. */
final class SelfSigned {

  private static final String PASSWORD = "benchmark";

  private SelfSigned() {}

  /** Makes a key store by the JDK's keytool. */
  static Path create(Path folder) throws IOException, InterruptedException {
    Path store = folder.resolve("node.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=node",
                "-alias",
                "node",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException(
          "keytool failed: " + Files.readString(folder.resolve("keytool.log")).strip());
    }
    return store;
  }

  /** A context that shows and trusts the store's certificate alone. */
  static SSLContext context(Path store) throws IOException {
    try (InputStream bytes = Files.newInputStream(store)) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(bytes, PASSWORD.toCharArray());
      KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
      own.init(keys, PASSWORD.toCharArray());
      TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
      trusted.init(keys);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(store + " cannot be read: " + e.getMessage(), e);
    }
  }
}
