package ai.djl.pytorch.jni;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;

/**
 * Calls methods of TorchScript modules with arguments of any kind, and with a tape where the
 * thread's grad mode asks for one: DJL's own door always runs in inference mode. Here because the
 * native library is open to this package only.
 */
public final class ModuleMethods {

  private ModuleMethods() {}

  /**
   * Runs a method that returns a tensor.
   *
   * @param module its handle
   * @param result lives in this manager
   * @param arguments are closed
   */
  public static PtNDArray call(
      long module, String method, PtNDManager result, IValue... arguments) {
    long[] handles = new long[arguments.length];
    for (int i = 0; i < handles.length; i++) {
      handles[i] = arguments[i].getHandle();
    }
    try (IValue value =
        new IValue(PyTorchLibrary.LIB.moduleRunMethod(module, method, handles, true, false))) {
      return value.toTensor(result);
    } finally {
      for (IValue argument : arguments) {
        argument.close();
      }
    }
  }
}
