package dev.proxima.experiments.cluster;

import dev.proxima.experiments.UserError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.apache.pekko.pki.pem.PEMDecoder;
import org.apache.pekko.pki.pem.PEMLoadingException;

/**
 * What a process shows its peers and whom it trusts: {@code key.pem} (RSA, PKCS #8), {@code
 * cert.pem} and {@code ca.pem}, the certificate of the authority that issued it.
 *
 * @param folder absolute
 */
public record TlsFiles(Path folder) {

  private static final char[] IN_MEMORY = new char[0];

  /**
   * Opens the files and checks that they belong together.
   *
   * @throws UserError where they do not
   */
  public static TlsFiles open(Path folder) {
    TlsFiles files = new TlsFiles(folder.toAbsolutePath().normalize());
    X509Certificate authority = files.authority();
    X509Certificate certificate = files.certificate();
    try {
      certificate.checkValidity();
      certificate.verify(authority.getPublicKey());
    } catch (CertificateException e) {
      throw files.wrong("cert.pem", "is not valid now: " + e.getMessage());
    } catch (GeneralSecurityException e) {
      throw files.wrong("cert.pem", "was not issued by the authority in ca.pem");
    }
    if (!isPair(files.key(), certificate)) {
      throw files.wrong("key.pem", "is not the key of cert.pem");
    }
    return files;
  }

  /**
   * A context for both sides of a connection that trusts the authority alone, and of its
   * certificates those that have a name in common with this one. A server must ask for its client's
   * certificate.
   */
  public SSLContext context() {
    try {
      X509Certificate certificate = certificate();
      KeyStore own = KeyStore.getInstance("PKCS12");
      own.load(null, null);
      own.setKeyEntry("own", key(), IN_MEMORY, new X509Certificate[] {certificate});
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, IN_MEMORY);
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("authority", authority());
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      PeerTrust peers =
          new PeerTrust((X509ExtendedTrustManager) trust.getTrustManagers()[0], certificate);
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(keys.getKeyManagers(), new TrustManager[] {peers}, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private X509Certificate certificate() {
    return certificate("cert.pem");
  }

  private X509Certificate authority() {
    return certificate("ca.pem");
  }

  private X509Certificate certificate(String name) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(read(name)));
    } catch (CertificateException e) {
      throw wrong(name, "holds no certificate in PEM form");
    }
  }

  private PrivateKey key() {
    String text = new String(read("key.pem"), StandardCharsets.US_ASCII);
    try {
      return KeyFactory.getInstance("RSA")
          .generatePrivate(new PKCS8EncodedKeySpec(PEMDecoder.decode(text).bytes()));
    } catch (GeneralSecurityException | PEMLoadingException e) {
      throw wrong("key.pem", "holds no RSA key in PEM form (PKCS #8) without a password");
    }
  }

  private byte[] read(String name) {
    try {
      return Files.readAllBytes(folder.resolve(name));
    } catch (IOException e) {
      throw wrong(name, "cannot be read; it needs key.pem, cert.pem and ca.pem, see dev-ca.sh");
    }
  }

  private UserError wrong(String name, String what) {
    return new UserError("--tls %s: %s %s".formatted(folder, name, what));
  }

  private static boolean isPair(PrivateKey key, X509Certificate certificate) {
    return key instanceof RSAPrivateKey own
        && certificate.getPublicKey() instanceof RSAPublicKey shown
        && own.getModulus().equals(shown.getModulus());
  }
}
