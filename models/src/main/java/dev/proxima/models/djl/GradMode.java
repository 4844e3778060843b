package dev.proxima.models.djl;

import ai.djl.pytorch.jni.JniUtils;

/**
 * Switches the recording of operations for back-propagation on the current thread, until closed.
 * DJL's gradient collector is one for the process; this lets two trainers work at the same time.
 */
final class GradMode implements AutoCloseable {

  private final boolean before = JniUtils.isGradMode();

  private GradMode(boolean recording) {
    JniUtils.setGradMode(recording);
  }

  static GradMode on() {
    return new GradMode(true);
  }

  static GradMode off() {
    return new GradMode(false);
  }

  @Override
  public void close() {
    JniUtils.setGradMode(before);
  }
}
