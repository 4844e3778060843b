package dev.proxima.experiments;

import com.sun.management.OperatingSystemMXBean;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.djl.EngineInfo;
import dev.proxima.models.djl.TorchEngine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Looks at what a run needs of this machine. */
final class Doctor {

  private static final int OLDEST_JAVA = 17;

  private Doctor() {}

  static List<Diagnosis> examine() {
    return List.of(
        java(),
        Diagnosis.well(
            "system",
            property("os.name") + " " + property("os.version") + ", " + property("os.arch")),
        Diagnosis.well("processors", String.valueOf(Runtime.getRuntime().availableProcessors())),
        memory(),
        Diagnosis.of("engine", Doctor::engine),
        Diagnosis.of("journal", Doctor::journal),
        Diagnosis.of("engine cache", () -> writable(engineCache())),
        Diagnosis.of("temporary", () -> writable(Path.of(property("java.io.tmpdir")))),
        Diagnosis.of("working directory", () -> writable(Path.of("").toAbsolutePath())));
  }

  private static Diagnosis java() {
    Runtime.Version version = Runtime.version();
    return new Diagnosis(
        "java",
        version.feature() >= OLDEST_JAVA,
        "%s, %s, %s".formatted(version, property("java.vendor"), property("java.home")));
  }

  private static Diagnosis memory() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return Diagnosis.well(
        "memory",
        "%s, %s free; Java heap at most %s"
            .formatted(
                gibibytes(system.getTotalMemorySize()),
                gibibytes(system.getFreeMemorySize()),
                gibibytes(Runtime.getRuntime().maxMemory())));
  }

  private static String engine() {
    EngineInfo info = TorchEngine.create(0).info();
    return "%s %s, %s, %d threads, native library in %s"
        .formatted(
            info.name(),
            info.version(),
            info.devices().stream().map(ComputeDevice::toString).collect(Collectors.joining(", ")),
            info.threads(),
            info.library());
  }

  private static String journal() throws SQLException {
    try (Connection database = DriverManager.getConnection("jdbc:h2:mem:")) {
      return "H2 " + database.getMetaData().getDatabaseProductVersion();
    }
  }

  /** Where DJL unpacks the native libraries: its own rule. */
  private static Path engineCache() {
    String fromEnvironment = System.getenv("DJL_CACHE_DIR");
    Path standard = Path.of(property("user.home"), ".djl.ai");
    return Path.of(
        System.getProperty(
            "DJL_CACHE_DIR", fromEnvironment == null ? standard.toString() : fromEnvironment));
  }

  /** A folder that is writable, or that can be made. */
  private static String writable(Path folder) throws IOException {
    Path existing = folder.toAbsolutePath();
    while (!Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
      throw new AccessDeniedException(existing + " is not a writable folder");
    }
    return folder + ", writable";
  }

  private static String gibibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1 << 30));
  }

  private static String property(String name) {
    return System.getProperty(name);
  }
}
