package dev.proxima.models.safetensors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;

/**
 * A safetensors file open for reading. The header is read and checked on opening; tensors are
 * memory-mapped one by one, so the file may be larger than 2 GiB. Safe for use by several threads.
 */
public final class SafetensorsFile implements AutoCloseable {

  private static final int LENGTH_BYTES = 8;

  private final Path path;
  private final FileChannel channel;
  private final SafetensorsHeader header;
  private final long dataStart;

  private SafetensorsFile(
      Path path, FileChannel channel, SafetensorsHeader header, long dataStart) {
    this.path = path;
    this.channel = channel;
    this.header = header;
    this.dataStart = dataStart;
  }

  /**
   * Opens and checks a file: header length, JSON, element types, and that the tensors' ranges fill
   * the rest of the file without overlap or gap.
   *
   * @throws IllegalArgumentException with one line that names the file and what is wrong with it
   * @throws UncheckedIOException when the file cannot be read
   */
  public static SafetensorsFile open(Path path) {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
      byte[] json = readHeader(channel);
      long dataStart = LENGTH_BYTES + (long) json.length;
      SafetensorsHeader header = SafetensorsHeader.parse(json, channel.size() - dataStart);
      return new SafetensorsFile(path, channel, header, dataStart);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(path + ": no such file", e);
    } catch (IllegalArgumentException e) {
      closeAfterFailure(channel, e);
      throw new IllegalArgumentException(path + ": " + e.getMessage(), e);
    } catch (IOException e) {
      closeAfterFailure(channel, e);
      throw new UncheckedIOException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** The tensors by name. */
  public SortedMap<String, TensorInfo> tensors() {
    return Collections.unmodifiableSortedMap(header.tensors());
  }

  /** The file's free-form metadata; empty where it has none. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(header.metadata());
  }

  /**
   * The elements of an F32 tensor in row-major order: a read-only little-endian view of the mapped
   * file, which stays valid after {@link #close}.
   *
   * @throws IllegalArgumentException when there is no such tensor, it is not F32, or it is larger
   *     than 2 GiB
   */
  public FloatBuffer floats(String name) {
    TensorInfo tensor = header.tensors().get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(path + ": has no tensor '" + name + "'");
    }
    if (!tensor.dtype().equals("F32")) {
      throw new IllegalArgumentException(
          path + ": tensor '" + name + "' is " + tensor.dtype() + ", not F32");
    }
    long bytes = tensor.end() - tensor.begin();
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          path + ": tensor '" + name + "' is larger than 2 GiB, the most that can be mapped");
    }
    try {
      return channel
          .map(FileChannel.MapMode.READ_ONLY, dataStart + tensor.begin(), bytes)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer();
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be mapped: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be closed: " + e.getMessage(), e);
    }
  }

  private static byte[] readHeader(FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < LENGTH_BYTES) {
      throw new IllegalArgumentException("is " + size + " bytes long, too short for safetensors");
    }
    ByteBuffer prefix = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    readFully(channel, prefix, 0);
    long length = prefix.getLong(0);
    if (length < 0 || length > SafetensorsHeader.MAX_BYTES) {
      throw new IllegalArgumentException("is not a safetensors file: impossible header length");
    }
    if (length > size - LENGTH_BYTES) {
      throw new IllegalArgumentException(
          "is truncated: the header needs "
              + length
              + " bytes, "
              + (size - LENGTH_BYTES)
              + " left");
    }
    ByteBuffer json = ByteBuffer.allocate((int) length);
    readFully(channel, json, LENGTH_BYTES);
    return json.array();
  }

  private static void readFully(FileChannel channel, ByteBuffer target, long position)
      throws IOException {
    while (target.hasRemaining()) {
      if (channel.read(target, position + target.position()) < 0) {
        throw new IOException("the file ended while it was read");
      }
    }
  }

  private static void closeAfterFailure(FileChannel channel, Exception failure) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
  }
}
