package dev.proxima.models.safetensors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Writes float32 safetensors files. The same tensors and metadata give the same bytes. */
public final class SafetensorsWriter {

  private static final int CHUNK_BYTES = 1 << 20;

  private SafetensorsWriter() {}

  /**
   * Streams tensors into a file that appears at {@code target} complete or not at all: it is
   * written beside, forced to the disk and renamed.
   *
   * @param shapes the tensors in the order of the file
   * @param source asked once for each tensor, in order; the buffer's remaining floats are the
   *     tensor in row-major order and are not consumed
   * @param metadata free-form header entries; Hugging Face libraries expect {@code format = pt}
   * @throws IllegalArgumentException when a buffer's size differs from its shape
   * @throws UncheckedIOException when the file cannot be written
   */
  public static void write(
      Path target,
      SortedMap<String, long[]> shapes,
      Function<String, FloatBuffer> source,
      Map<String, String> metadata) {
    SafetensorsHeader header = layOut(shapes, metadata);
    Path partial = target.resolveSibling(target.getFileName() + ".partial");
    try {
      try {
        writeFile(partial, header, source);
        Files.move(
            partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(partial);
      }
      forceDirectory(target.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new UncheckedIOException(target + ": cannot be written: " + e, e);
    }
  }

  private static SafetensorsHeader layOut(
      SortedMap<String, long[]> shapes, Map<String, String> metadata) {
    SortedMap<String, TensorInfo> tensors = new TreeMap<>(shapes.comparator());
    long begin = 0;
    for (Map.Entry<String, long[]> entry : shapes.entrySet()) {
      if (entry.getKey().equals(SafetensorsHeader.METADATA)) {
        throw new IllegalArgumentException("a tensor cannot be called " + entry.getKey());
      }
      long[] shape = entry.getValue().clone();
      long end = begin + Float.BYTES * Arrays.stream(shape).reduce(1, Math::multiplyExact);
      tensors.put(entry.getKey(), new TensorInfo("F32", shape, begin, end));
      begin = end;
    }
    return new SafetensorsHeader(tensors, metadata);
  }

  private static void writeFile(
      Path path, SafetensorsHeader header, Function<String, FloatBuffer> source)
      throws IOException {
    byte[] json = header.toBytes();
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      drain(chunk.putLong(json.length), channel);
      writeFully(channel, ByteBuffer.wrap(json));
      for (Map.Entry<String, TensorInfo> entry : header.tensors().entrySet()) {
        FloatBuffer values = source.apply(entry.getKey()).duplicate();
        long floats = (entry.getValue().end() - entry.getValue().begin()) / Float.BYTES;
        if (values.remaining() != floats) {
          throw new IllegalArgumentException(
              "tensor '"
                  + entry.getKey()
                  + "' has "
                  + floats
                  + " elements, but "
                  + values.remaining()
                  + " were given");
        }
        while (values.hasRemaining()) {
          int count = Math.min(values.remaining(), CHUNK_BYTES / Float.BYTES);
          chunk.asFloatBuffer().put(values.slice(values.position(), count));
          values.position(values.position() + count);
          drain(chunk.position(count * Float.BYTES), channel);
        }
      }
      channel.force(true);
    }
  }

  private static void drain(ByteBuffer chunk, FileChannel channel) throws IOException {
    writeFully(channel, chunk.flip());
    chunk.clear();
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Makes the rename durable where the platform lets a directory be opened (not on Windows). */
  private static void forceDirectory(Path directory) throws IOException {
    if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
