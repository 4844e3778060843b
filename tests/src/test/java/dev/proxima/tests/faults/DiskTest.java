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

  /** Needs the right to mount a file system, as the next. */
  @Test
  void aRunWaitsForRoomForItsArtefactsAndSaysSo() throws Exception {
    Path state = Files.createDirectories(folder.resolve("artefacts"));
    Path disk = Files.createDirectory(state.resolve("artifacts"));
    try (Mount mount = new Mount(disk);
        TestCluster cluster = TestCluster.start(state, NodePlan.local(2, 2))) {
      Submission run = cluster.submit(Reference.CONFIG, "waits");
      awaitMoment(cluster, run, "full-artefacts");

      Path ballast = fill(disk);
      cluster.await(
          status -> TestCluster.of(status, run).orElseThrow().status().equals(waiting(disk)));
      assertThat(progress(run)).containsOnlyOnce("Waiting: " + waiting(disk).reason());
      Files.delete(ballast);

      assertEndsAsWithoutFaults(cluster, run);
      assertThat(progress(run)).contains("There is room again.");
      cluster.stop();
      Leaks.check(state);
    }
  }

  /** The journal and the run's own files are on that disk, too. */
  @Test
  void aRunWaitsForRoomForEverything() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    try (Mount mount = new Mount(disk);
        TestCluster cluster = TestCluster.start(disk, NodePlan.local(2, 2))) {
      Submission run = cluster.submit(Reference.CONFIG, "full");
      awaitMoment(cluster, run, "full-disk");

      Path ballast = fill(disk);
      Thread.sleep(WITHOUT_ROOM.toMillis());
      Files.delete(ballast);

      assertEndsAsWithoutFaults(cluster, run);
      cluster.stop();
      Leaks.check(disk);
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

  /** A small file system in memory. */
  private record Mount(Path folder) implements AutoCloseable {

    Mount {
      Commands.run("mount", "-t", "tmpfs", "-o", SIZE, "tmpfs", folder.toString());
    }

    @Override
    public void close() {
      Commands.run("umount", "-l", folder.toString());
    }
  }

  private static RunStatus waiting(Path disk) {
    return new RunStatus(Phase.RUNNING, disk + " has no room left on its disk; make room");
  }

  private static String progress(Submission run) throws IOException {
    return Files.readString(Path.of(run.folder()).resolve("progress.log"));
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
