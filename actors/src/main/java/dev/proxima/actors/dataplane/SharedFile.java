package dev.proxima.actors.dataplane;

import dev.proxima.actors.artifacts.Manifest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * An artefact's file that others read while it still grows: its first {@code available} bytes are
 * final and right. It has one writer and any number of readers, each with a channel of its own.
 */
public final class SharedFile {

  private final Manifest manifest;
  private Path path;
  private long available;
  private boolean abandoned;

  private SharedFile(Path path, Manifest manifest, long available) {
    this.path = path;
    this.manifest = manifest;
    this.available = available;
  }

  /** A file that has all its bytes, which were checked. */
  public static SharedFile complete(Path path, Manifest manifest) {
    return new SharedFile(path, manifest, manifest.length());
  }

  /**
   * A file that will have all bytes.
   *
   * @param available how many it has, 0 to the manifest's length
   */
  public static SharedFile growing(Path path, Manifest manifest, long available) {
    if (available < 0 || available > manifest.length()) {
      throw new IllegalArgumentException(available + " bytes of " + manifest.length());
    }
    return new SharedFile(path, manifest, available);
  }

  /** What the whole file consists of. */
  Manifest manifest() {
    return manifest;
  }

  /** The bytes of the whole file. */
  long length() {
    return manifest.length();
  }

  /** Tells readers that the first {@code bytes} bytes are written. */
  public synchronized void advance(long bytes) {
    if (bytes < available || bytes > length()) {
      throw new IllegalArgumentException(bytes + " bytes after " + available + " of " + length());
    }
    available = bytes;
    notifyAll();
  }

  /** Tells readers that no more bytes come. */
  synchronized void abandon() {
    abandoned = true;
    notifyAll();
  }

  /** Renames the file; later readers find it under its new name. */
  synchronized void moveTo(Path target) throws IOException {
    Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
    path = target;
  }

  /** A channel to read with, which stays valid when the file is renamed or deleted. */
  synchronized FileChannel open() throws IOException {
    return FileChannel.open(path, StandardOpenOption.READ);
  }

  /**
   * Waits until there are more than {@code offset} bytes or the time is over.
   *
   * @return the bytes that there are
   * @throws IOException if no more come
   */
  synchronized long await(long offset, Duration atMost) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (available <= offset && !abandoned) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return available;
      }
      wait(left);
    }
    if (available <= offset) {
      throw new IOException("no more bytes come");
    }
    return available;
  }
}
