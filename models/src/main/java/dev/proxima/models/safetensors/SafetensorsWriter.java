package dev.proxima.models.safetensors;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.io.AtomicFiles;
import dev.proxima.models.json.JsonFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** Writes float32 safetensors files. The same tensors and metadata give the same bytes. */
public final class SafetensorsWriter {

  private static final int CHUNK_BYTES = 1 << 20;

  /** Where the tensors come from. */
  @FunctionalInterface
  public interface Source {

    /**
     * Hands a tensor's floats over, in row-major order and in as many parts as it likes. A buffer's
     * remaining floats are taken; they are not consumed.
     */
    void supply(String name, Consumer<FloatBuffer> parts);
  }

  private SafetensorsWriter() {}

  /**
   * Streams tensors into a file that appears at {@code target} complete or not at all.
   *
   * @param shapes the tensors in the order of the file
   * @param source asked once for each tensor, in order
   * @param metadata free-form header entries; Hugging Face libraries expect {@code format = pt}
   * @throws IllegalArgumentException when a tensor's size differs from its shape
   * @throws UncheckedIOException when the file cannot be written
   */
  public static void write(
      Path target, SortedMap<String, long[]> shapes, Source source, Map<String, String> metadata) {
    SafetensorsHeader header = layOut(shapes, metadata);
    try {
      AtomicFiles.write(target, partial -> writeFile(partial, header, source));
    } catch (IOException e) {
      throw new UncheckedIOException(target + ": cannot be written: " + e, e);
    }
  }

  /** As the other {@code write}, with each tensor in one buffer. */
  public static void write(
      Path target,
      SortedMap<String, long[]> shapes,
      Function<String, FloatBuffer> source,
      Map<String, String> metadata) {
    write(target, shapes, (name, parts) -> parts.accept(source.apply(name)), metadata);
  }

  /**
   * Writes tensors as {@code NAME.safetensors} or, where they take more than {@code shardBytes}, as
   * {@code NAME-00001-of-0000N.safetensors} and so on with {@code NAME.safetensors.index.json},
   * which is written last. A tensor is in one shard, however large it is.
   *
   * @param shardBytes the most bytes of tensors in a file with more than one of them; positive
   * @return what {@link Checkpoint#open} takes: the file or the index
   */
  public static Path writeShards(
      Path folder,
      String name,
      SortedMap<String, long[]> shapes,
      Source source,
      Map<String, String> metadata,
      long shardBytes) {
    List<SortedMap<String, long[]>> shards = split(shapes, shardBytes);
    Path whole = folder.resolve(name + ".safetensors");
    if (shards.size() <= 1) {
      write(whole, shapes, source, metadata);
      return whole;
    }
    ObjectNode index = JsonNodeFactory.instance.objectNode();
    index
        .putObject("metadata")
        .put("total_size", shapes.values().stream().mapToLong(SafetensorsWriter::bytes).sum());
    ObjectNode weightMap = index.putObject(ShardedCheckpoint.WEIGHT_MAP);
    for (int i = 0; i < shards.size(); i++) {
      String file = "%s-%05d-of-%05d.safetensors".formatted(name, i + 1, shards.size());
      write(folder.resolve(file), shards.get(i), source, metadata);
      shards.get(i).keySet().forEach(tensor -> weightMap.put(tensor, file));
    }
    Path indexFile = whole.resolveSibling(whole.getFileName() + ShardedCheckpoint.INDEX_SUFFIX);
    JsonFile.write(indexFile, index);
    return indexFile;
  }

  private static List<SortedMap<String, long[]>> split(
      SortedMap<String, long[]> shapes, long shardBytes) {
    if (shardBytes <= 0) {
      throw new IllegalArgumentException("the size of a shard must be positive, not " + shardBytes);
    }
    List<SortedMap<String, long[]>> shards = new ArrayList<>();
    long room = 0;
    for (Map.Entry<String, long[]> entry : shapes.entrySet()) {
      long bytes = bytes(entry.getValue());
      if (shards.isEmpty() || bytes > room) {
        shards.add(new TreeMap<>(shapes.comparator()));
        room = shardBytes;
      }
      shards.get(shards.size() - 1).put(entry.getKey(), entry.getValue());
      room -= bytes;
    }
    return shards;
  }

  private static SafetensorsHeader layOut(
      SortedMap<String, long[]> shapes, Map<String, String> metadata) {
    SortedMap<String, TensorInfo> tensors = new TreeMap<>(shapes.comparator());
    long begin = 0;
    for (Map.Entry<String, long[]> entry : shapes.entrySet()) {
      if (entry.getKey().equals(SafetensorsHeader.METADATA)) {
        throw new IllegalArgumentException("a tensor cannot be called " + entry.getKey());
      }
      long end = begin + bytes(entry.getValue());
      tensors.put(entry.getKey(), new TensorInfo("F32", entry.getValue().clone(), begin, end));
      begin = end;
    }
    return new SafetensorsHeader(tensors, metadata);
  }

  private static long bytes(long[] shape) {
    return Math.multiplyExact(TensorInfo.elements(shape), Float.BYTES);
  }

  private static void writeFile(Path path, SafetensorsHeader header, Source source)
      throws IOException {
    byte[] json = header.toBytes();
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      Output output = new Output(channel);
      output.writeLength(json.length);
      writeFully(channel, ByteBuffer.wrap(json));
      for (Map.Entry<String, TensorInfo> entry : header.tensors().entrySet()) {
        long before = output.floats;
        source.supply(entry.getKey(), output::write);
        long given = output.floats - before;
        if (given != entry.getValue().elements()) {
          throw new IllegalArgumentException(
              "tensor '%s' has %d elements, but %d were given"
                  .formatted(entry.getKey(), entry.getValue().elements(), given));
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Floats through one buffer into a channel, counted. */
  private static final class Output {
    private final FileChannel channel;
    private final ByteBuffer chunk =
        ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long floats;

    Output(FileChannel channel) {
      this.channel = channel;
    }

    void writeLength(long length) throws IOException {
      drain(chunk.putLong(length));
    }

    void write(FloatBuffer part) {
      FloatBuffer values = part.duplicate();
      try {
        while (values.hasRemaining()) {
          int count = Math.min(values.remaining(), CHUNK_BYTES / Float.BYTES);
          chunk.asFloatBuffer().put(values.slice(values.position(), count));
          values.position(values.position() + count);
          drain(chunk.position(count * Float.BYTES));
          floats += count;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void drain(ByteBuffer filled) throws IOException {
      writeFully(channel, filled.flip());
      chunk.clear();
    }
  }
}
