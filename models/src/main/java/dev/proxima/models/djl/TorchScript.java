package dev.proxima.models.djl;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.ModuleMethods;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A module whose TorchScript source is a resource: packed as the archive that PyTorch loads. It
 * reaches PyTorch's fused kernels, and many operations with one call. Safe for use by several
 * threads.
 */
final class TorchScript {

  /** Version of the archive's format: that of PyTorch 1.12, whose operators the source names. */
  private static final String FORMAT = "10\n";

  private final long module;

  private TorchScript(long module) {
    this.module = module;
  }

  /**
   * Compiles a source.
   *
   * @param name of the module's class
   * @param resources beside this class: the class and further methods of it
   * @throws EngineException if PyTorch lacks an operator
   */
  static TorchScript load(String name, String... resources) {
    ByteArrayOutputStream source = new ByteArrayOutputStream();
    try {
      for (String resource : resources) {
        try (InputStream part = TorchScript.class.getResourceAsStream(resource)) {
          part.transferTo(source);
        }
      }
      byte[] archive = archive(source.toByteArray(), name);
      return new TorchScript(
          JniUtils.loadModuleHandle(new ByteArrayInputStream(archive), Device.cpu(), true, false));
    } catch (IOException e) {
      throw new UncheckedIOException(name + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Calls a method; what it does is recorded where {@link GradMode} says so.
   *
   * @param manager the result lives in it
   */
  PtNDArray call(String method, PtNDManager manager, IValue... arguments) {
    // The optimiser is per thread, and does not differentiate bfloat16.
    JniUtils.setGraphExecutorOptimize(false);
    return ModuleMethods.call(module, method, manager, arguments);
  }

  /** The zip that {@code torch.jit.load} reads: stored, its parts aligned to nothing. */
  private static byte[] archive(byte[] source, String name) throws IOException {
    // Pickle, protocol 2: an instance of the class whose state is {"training": False}.
    byte[] data =
        ("\u0080\u0002c__torch__\n" + name + "\n)\u0081}X\u0008\u0000\u0000\u0000training\u0089sb.")
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] noConstants = "\u0080\u0002).".getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      store(zip, "module/data.pkl", data);
      store(zip, "module/code/__torch__.py", source);
      store(zip, "module/constants.pkl", noConstants);
      store(zip, "module/version", FORMAT.getBytes(StandardCharsets.US_ASCII));
    }
    return bytes.toByteArray();
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    CRC32 checksum = new CRC32();
    checksum.update(content);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCompressedSize(content.length);
    entry.setCrc(checksum.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
