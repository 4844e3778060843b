package dev.proxima.models.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of 9 GiB with holes, which takes a few blocks of the disk. */
class LargeFileTest {

  /** 4 GiB of float32 and 5 GiB of bfloat16. */
  private static final long FLOATS = 1L << 30;

  private static final long HALVES = 5L << 29;

  @TempDir Path folder;

  @Test
  void tensorsBeyondTwoGibibytesAreReadInParts() throws IOException {
    long floatBytes = FLOATS * Float.BYTES;
    long end = floatBytes + HALVES * Short.BYTES;
    byte[] header =
        ("{'f':{'dtype':'F32','shape':[1024,1048576],'data_offsets':[0,%d]},"
                + "'h':{'dtype':'BF16','shape':[5,536870912],'data_offsets':[%d,%d]}}")
            .formatted(floatBytes, floatBytes, end)
            .replace('\'', '"')
            .getBytes(StandardCharsets.US_ASCII);
    long data = 8L + header.length;
    Path path = folder.resolve("large.safetensors");
    try (FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.SPARSE,
            StandardOpenOption.WRITE)) {
      channel.write(littleEndian(8 + header.length).putLong(header.length).put(header).flip(), 0);
      channel.write(littleEndian(4).putFloat(1.5f).flip(), data + (FLOATS - 1) * Float.BYTES);
      channel.write(littleEndian(2).putShort((short) 0x4040).flip(), data + end - Short.BYTES);
    }

    try (Checkpoint file = Checkpoint.open(path)) {
      assertThat(file.floats("f", FLOATS - 2, 2))
          .isEqualTo(FloatBuffer.wrap(new float[] {0, 1.5f}));
      assertThat(file.floats("h", HALVES - 2, 2)).isEqualTo(FloatBuffer.wrap(new float[] {0, 3}));
      FloatBuffer most = file.floats("f", FLOATS - Integer.MAX_VALUE / 4, Integer.MAX_VALUE / 4);
      assertThat(most.get(most.limit() - 1)).isEqualTo(1.5f);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> file.floats("f"))
          .withMessage(path + ": tensor 'f' is larger than 2 GiB as float32; read it in parts");
    }
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
