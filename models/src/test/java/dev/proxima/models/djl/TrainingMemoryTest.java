package dev.proxima.models.djl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.models.EngineOptions;
import dev.proxima.models.Precision;
import dev.proxima.models.TrainingMemory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares what {@link TrainingMemory} counts with the resident set of a process that trains. */
@EnabledOnOs(OS.LINUX)
@Tag("slow")
class TrainingMemoryTest {

  @ParameterizedTest
  @CsvSource({"FLOAT32, false", "FLOAT32, true", "BFLOAT16, false"})
  void aStepHoldsWhatIsCounted(Precision precision, boolean checkpointing)
      throws IOException, InterruptedException {
    TrainingMemory counted =
        TrainingMemory.of(
            TrainingMemoryProbe.CONFIG,
            TrainingMemoryProbe.ADAMW,
            new EngineOptions(1, precision, checkpointing, 1 << 20),
            (long) TrainingMemoryProbe.SEQUENCES * TrainingMemoryProbe.LENGTH,
            (long) TrainingMemoryProbe.SEQUENCES
                * (TrainingMemoryProbe.LENGTH - TrainingMemoryProbe.PROMPT));
    long held = counted.parameters() + counted.gradients() + counted.optimiser();

    List<Long> measured = measure(precision, checkpointing);

    assertThat(measured.get(0) / (double) held).isBetween(0.9, 1.15);
    assertThat(measured.get(1) / (double) (counted.total() - held)).isBetween(0.9, 1.1);
  }

  /**
   * Every block of 64 KiB or more is a mapping of its own, which goes when it is freed, and MKL
   * keeps no workspaces.
   */
  private static List<Long> measure(Precision precision, boolean checkpointing)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms128m",
                "-Xmx128m",
                "-XX:+AlwaysPreTouch",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                TrainingMemoryProbe.class.getName(),
                precision.name(),
                Boolean.toString(checkpointing))
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("MALLOC_MMAP_THRESHOLD_", "65536");
    builder.environment().put("MALLOC_MMAP_MAX_", "1000000");
    builder.environment().put("MKL_DISABLE_FAST_MM", "1");
    Process probe = builder.start();
    try (InputStreamReader out =
        new InputStreamReader(probe.getInputStream(), StandardCharsets.UTF_8)) {
      List<Long> bytes =
          new BufferedReader(out)
              .lines()
              .filter(line -> line.matches("-?\\d+"))
              .map(Long::valueOf)
              .toList();
      assertThat(probe.waitFor()).isZero();
      assertThat(bytes).hasSize(2);
      return bytes;
    }
  }
}
