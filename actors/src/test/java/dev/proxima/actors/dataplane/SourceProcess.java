package dev.proxima.actors.dataplane;

import dev.proxima.actors.artifacts.Manifest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/** A node in a JVM of its own: has some first bytes of an artefact and never gets more. */
final class SourceProcess {

  private SourceProcess() {}

  /**
   * @param args the node's folder, the whole file and how many of its bytes the node has
   */
  public static void main(String[] args) throws IOException {
    SharedFile file =
        SharedFile.growing(
            Path.of(args[1]), Manifest.of(Path.of(args[1])), Long.parseLong(args[2]));
    Source source = (id, patience) -> Optional.of(file);
    DataPlane node =
        DataPlane.start(
            new InetSocketAddress("127.0.0.1", 0),
            "127.0.0.1",
            Path.of(args[0]),
            source,
            DataPlaneSettings.of("test"));
    System.out.println(node.address().port());
    System.in.read();
  }

  /** Starts it. */
  static Process start(Path folder, Path file, long available) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            SourceProcess.class.getName(),
            folder.toString(),
            file.toString(),
            Long.toString(available))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
