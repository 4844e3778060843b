package dev.proxima.experiments.cluster;

import dev.proxima.actors.cluster.Submission;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The lines that a growing text file has gained since it was last asked. */
public final class FileTail {

  private final Path file;
  private long position;

  public FileTail(Path file) {
    this.file = file;
  }

  /** Of what a run says of its progress. */
  public static FileTail of(Submission run) {
    return new FileTail(Path.of(run.folder()).resolve("progress.log"));
  }

  /** Complete lines only; none where there is no file yet. */
  public List<String> lines() {
    if (Files.notExists(file)) {
      return List.of();
    }
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      in.seek(position);
      List<String> lines = new ArrayList<>();
      byte[] fresh = new byte[(int) Math.min(in.length() - position, 1 << 20)];
      in.readFully(fresh);
      int from = 0;
      for (int i = 0; i < fresh.length; i++) {
        if (fresh[i] == '\n') {
          lines.add(new String(fresh, from, i - from, StandardCharsets.UTF_8));
          from = i + 1;
        }
      }
      position += from;
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
