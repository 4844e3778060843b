package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Reads the process's own resident set, which Linux tells. */
@EnabledOnOs(OS.LINUX)
@Tag("slow")
class MemoryTest {

  private static final int STEPS = 500;
  private static final int READINGS = 6;

  /**
   * 5 kinds of steps, 500 of each between two readings: 12,500 after the first reading, by which
   * the pools of PyTorch and the JVM are warm. One leaked tensor a step, of the smallest size that
   * malloc gives with its bookkeeping, is more than 1.5 MiB; what is seen without a leak is noise
   * of less than that.
   */
  @Test
  void nothingGrowsOverTenThousandSteps() throws IOException, InterruptedException {
    Process probe =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms96m",
                "-Xmx96m",
                "-XX:+AlwaysPreTouch",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                MemoryProbe.class.getName(),
                Integer.toString(STEPS),
                Integer.toString(READINGS))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<Long> kib;
    try (InputStreamReader out =
        new InputStreamReader(probe.getInputStream(), StandardCharsets.UTF_8)) {
      kib =
          new BufferedReader(out)
              .lines()
              .filter(line -> line.matches("\\d+"))
              .map(Long::valueOf)
              .toList();
    }
    assertThat(probe.waitFor()).isZero();
    assertThat(kib).hasSize(READINGS);
    assertThat(kib.get(READINGS - 1) - kib.get(0)).as("KiB grown, of %s", kib).isLessThan(1536);
  }
}
