package dev.proxima.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.cluster.RunStatus;
import dev.proxima.actors.cluster.RunStatus.Phase;
import dev.proxima.actors.cluster.Submission;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A disk without room, and files that are not what their names say. */
@Tag("faults")
class DiskTest extends FaultTest {

  /** Of a file system for one run. */
  private static final String SIZE = "size=64m";

  private static final Duration WITHOUT_ROOM = Duration.ofSeconds(20);

  /**
   * Work that finds no room ends the run; where the journal finds none before that, the cluster
   * waits for it and the run goes on by itself. Needs the right to mount a file system.
   */
  @Test
  void aFullDiskEndsTheRunInALineOrHoldsItUp() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Commands.run("mount", "-t", "tmpfs", "-o", SIZE, "tmpfs", disk.toString());
    try (TestCluster cluster = TestCluster.start(disk, NodePlan.local(2, 2))) {
      Submission run = cluster.submit(Reference.CONFIG, "full");
      awaitMoment(cluster, run, "full-disk");

      Path ballast = fill(disk);
      Thread.sleep(WITHOUT_ROOM.toMillis());
      Files.delete(ballast);

      RunStatus end = cluster.awaitEnd(run);
      if (end.phase() == Phase.FAILED) {
        assertThat(end.reason()).containsIgnoringCase("no room left");
        cluster.submit(run);
      }
      assertEndsAsWithoutFaults(cluster, run);
      cluster.stop();
      Leaks.check(disk);
    } finally {
      Commands.run("umount", "-l", disk.toString());
    }
  }

  @Test
  void aTornArtefactEndsTheRunInALineAndItGoesOnWhenTheFileIsBack() throws Exception {
    Path state = folder.resolve("torn");
    List<NodePlan> plans = NodePlan.local(1, 1);
    Submission run;
    try (TestCluster cluster = TestCluster.start(state, plans)) {
      run = cluster.submit(Reference.CONFIG, "torn");
      awaitMoment(cluster, run, "torn", "sample");
    }
    Map<Path, byte[]> whole = parameterFiles(state.resolve("artifacts"));
    for (Map.Entry<Path, byte[]> file : whole.entrySet()) {
      Files.write(file.getKey(), firstHalf(file.getValue()));
    }
    try (TestCluster cluster = TestCluster.start(state, plans)) {
      RunStatus end = cluster.awaitEnd(run);
      assertThat(end.phase()).isEqualTo(Phase.FAILED);
      assertThat(end.reason()).contains("checksum", "backup");
      assertThat(whole.keySet()).anyMatch(file -> end.reason().contains(file.toString()));

      for (Map.Entry<Path, byte[]> file : whole.entrySet()) {
        Files.write(file.getKey(), file.getValue());
      }
      cluster.submit(run);
      assertEndsAsWithoutFaults(cluster, run);
      cluster.stop();
      Leaks.check(state);
    }
  }

  /** Writes a file until nothing more fits. */
  private static Path fill(Path disk) throws IOException {
    Path ballast = disk.resolve("ballast");
    try (OutputStream out = Files.newOutputStream(ballast, StandardOpenOption.CREATE_NEW)) {
      while (true) {
        out.write(new byte[4096]);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
      return ballast;
    }
  }

  private static byte[] firstHalf(byte[] bytes) {
    return Arrays.copyOf(bytes, bytes.length / 2);
  }

  /** Artefacts that are neither JSON nor JSONL. */
  private static Map<Path, byte[]> parameterFiles(Path artifacts) throws IOException {
    Map<Path, byte[]> files = new LinkedHashMap<>();
    try (Stream<Path> walk = Files.walk(artifacts)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length > 0 && bytes[0] != '{') {
          files.put(file, bytes);
        }
      }
    }
    return files;
  }
}
