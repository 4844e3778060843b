package dev.proxima.models.safetensors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;

/**
 * A safetensors file open for reading. The header is read and checked on opening; tensors are
 * memory-mapped part by part, so the file and each tensor may be larger than 2 GiB. Safe for use by
 * several threads.
 */
public final class SafetensorsFile implements Checkpoint {

  private static final int LENGTH_BYTES = 8;

  /** As many as a mapping can have, which is 2 GiB long at most. */
  private static final int MAX_PART_ELEMENTS = Integer.MAX_VALUE / Float.BYTES;

  private static final int MAX_MESSAGE = 500;

  @FunctionalInterface
  private interface Widening {
    float apply(short bits);
  }

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
      throw new IllegalArgumentException(path + ": " + printable(e.getMessage()), e);
    } catch (IOException e) {
      closeAfterFailure(channel, e);
      throw new UncheckedIOException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public SortedMap<String, TensorInfo> tensors() {
    return Collections.unmodifiableSortedMap(header.tensors());
  }

  @Override
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(header.metadata());
  }

  @Override
  public FloatBuffer floats(String name) {
    TensorInfo tensor = require(name);
    if (tensor.elements() > MAX_PART_ELEMENTS) {
      throw new IllegalArgumentException(
          path + ": tensor '" + name + "' is larger than 2 GiB as float32; read it in parts");
    }
    return floats(name, 0, (int) tensor.elements());
  }

  @Override
  public FloatBuffer floats(String name, long begin, int count) {
    TensorInfo tensor = require(name);
    if (begin < 0 || count < 0 || count > MAX_PART_ELEMENTS || begin > tensor.elements() - count) {
      throw new IllegalArgumentException(
          "%s: tensor '%s' of %d elements has no part of %d from %d"
              .formatted(path, name, tensor.elements(), count, begin));
    }
    return switch (tensor.dtype()) {
      case "F32" -> map(tensor, begin, count, Float.BYTES).asFloatBuffer();
      case "F16" -> widen(map(tensor, begin, count, Short.BYTES), HalfPrecision::float16);
      case "BF16" -> widen(map(tensor, begin, count, Short.BYTES), HalfPrecision::bfloat16);
      default ->
          throw new IllegalArgumentException(
              path + ": tensor '" + name + "' is " + tensor.dtype() + ", not F32, F16 or BF16");
    };
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be closed: " + e.getMessage(), e);
    }
  }

  private TensorInfo require(String name) {
    TensorInfo tensor = header.tensors().get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(path + ": has no tensor '" + name + "'");
    }
    return tensor;
  }

  private ByteBuffer map(TensorInfo tensor, long begin, int count, int elementBytes) {
    try {
      return channel
          .map(
              FileChannel.MapMode.READ_ONLY,
              dataStart + tensor.begin() + begin * elementBytes,
              (long) count * elementBytes)
          .order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be mapped: " + e.getMessage(), e);
    }
  }

  private static FloatBuffer widen(ByteBuffer halves, Widening widening) {
    ShortBuffer bits = halves.asShortBuffer();
    FloatBuffer values = FloatBuffer.allocate(bits.remaining());
    for (int i = 0; i < values.limit(); i++) {
      values.put(i, widening.apply(bits.get(i)));
    }
    return values.asReadOnlyBuffer();
  }

  /** Names come from the file and may hold anything; a message stays one short line. */
  private static String printable(String message) {
    String line = message.replaceAll("\\p{Cntrl}|\u2028|\u2029", "?");
    return line.length() <= MAX_MESSAGE ? line : line.substring(0, MAX_MESSAGE) + "...";
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
