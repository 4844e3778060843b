package dev.proxima.actors.dataplane;

import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Contexts from the key stores that certificates.sh made. */
final class Certificates {

  private static final char[] PASSWORD = "proxima".toCharArray();

  /** A node's, signed by the authority. */
  static final SSLContext NODE = context("node.p12");

  /** Of somebody who trusts the authority and was not signed by it. */
  static final SSLContext STRANGER = context("stranger.p12");

  private Certificates() {}

  private static SSLContext context(String keys) {
    try {
      KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
      own.init(store(keys), PASSWORD);
      TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
      trusted.init(store("authority.p12"));
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyStore store(String name) throws GeneralSecurityException {
    try (InputStream bytes = Certificates.class.getResourceAsStream(name)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(bytes, PASSWORD);
      return store;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
