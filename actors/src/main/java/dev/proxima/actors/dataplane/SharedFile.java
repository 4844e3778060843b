package dev.proxima.actors.dataplane;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * A file that others read while it still grows: its first {@code available} bytes are final. It has
 * one writer and any number of readers, each with a channel of its own.
 */
public final class SharedFile {

  /** The writer found that the bytes are wrong: whoever has some of them must drop them. */
  static final class WithdrawnException extends IOException {

    WithdrawnException(String message) {
      super(message);
    }
  }

  /** Why there will be no more bytes. */
  private enum End {
    /** The bytes so far are as good as ever. */
    ABANDONED,
    /** The bytes are wrong. */
    WITHDRAWN
  }

  private final long length;
  private final ChunkChecksums checksums;
  private Path path;
  private long available;
  private End end;

  private SharedFile(Path path, long length, long available) {
    this.path = path;
    this.length = length;
    this.checksums = new ChunkChecksums(length);
    this.available = available;
  }

  /** A file that has all its bytes. */
  public static SharedFile complete(Path path) throws IOException {
    long length = Files.size(path);
    return new SharedFile(path, length, length);
  }

  /**
   * A file that will have {@code length} bytes.
   *
   * @param available how many it has, 0 to length
   */
  public static SharedFile growing(Path path, long length, long available) {
    if (available < 0 || available > length) {
      throw new IllegalArgumentException(available + " bytes of " + length);
    }
    return new SharedFile(path, length, available);
  }

  /** The bytes of the whole file. */
  public long length() {
    return length;
  }

  /** What is known of its chunks; whoever reads one adds to it. */
  ChunkChecksums checksums() {
    return checksums;
  }

  /** Tells readers that the first {@code bytes} bytes are written. */
  public synchronized void advance(long bytes) {
    if (bytes < available || bytes > length) {
      throw new IllegalArgumentException(bytes + " bytes after " + available + " of " + length);
    }
    available = bytes;
    notifyAll();
  }

  /** Tells readers that no more bytes come; those that they have are good. */
  synchronized void abandon() {
    if (available < length && end == null) {
      end(End.ABANDONED);
    }
  }

  /** Tells readers that the bytes are wrong. */
  synchronized void withdraw() {
    end(End.WITHDRAWN);
  }

  private void end(End how) {
    end = how;
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
   * @throws WithdrawnException if the bytes are wrong
   */
  synchronized long await(long offset, Duration atMost) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (available <= offset && end == null) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return available;
      }
      wait(left);
    }
    if (end == End.WITHDRAWN) {
      throw new WithdrawnException("the bytes turned out to be wrong");
    }
    if (available <= offset) {
      throw new IOException("no more bytes come");
    }
    return available;
  }
}
