package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.proxima.models.ModelConfig;

/**
 * Keys and values of the positions generated so far, allocated once for the longest response:
 * [rows, key/value heads, columns, head size] for each layer.
 */
final class KeyValueCache implements KeyValues, AutoCloseable {

  private final NDManager manager;
  private final NDArray[] keys;
  private final NDArray[] values;
  private int filled;

  KeyValueCache(NDManager parent, ModelConfig config, int rows, int columns) {
    manager = parent.newSubManager();
    keys = new NDArray[config.layers()];
    values = new NDArray[config.layers()];
    Shape shape = new Shape(rows, config.kvHeads(), columns, config.headSize());
    for (int i = 0; i < config.layers(); i++) {
      keys[i] = manager.zeros(shape);
      values[i] = manager.zeros(shape);
    }
  }

  /** Bytes that one row takes per column. */
  static long bytesPerToken(ModelConfig config) {
    return 2L * Float.BYTES * config.layers() * config.kvHeads() * config.headSize();
  }

  @Override
  public int length() {
    return filled;
  }

  @Override
  public NDList extend(int layer, NDArray newKeys, NDArray newValues) {
    int end = store(layer, newKeys, newValues);
    return new NDList(view(keys[layer], newKeys, end), view(values[layer], newValues, end));
  }

  /** Takes up a forward pass over prompts, and gives {@code copies} rows to each. */
  KeyValues prompts(int copies) {
    return new KeyValues() {
      @Override
      public int length() {
        return 0;
      }

      @Override
      public NDList extend(int layer, NDArray newKeys, NDArray newValues) {
        store(layer, repeat(newKeys, copies), repeat(newValues, copies));
        return new NDList(newKeys, newValues);
      }
    };
  }

  /** Counts the columns that a finished forward pass has filled in every layer. */
  void advance(int columns) {
    filled += columns;
  }

  /** Keeps only the rows given, in that order. */
  void keep(long[] rows) {
    try (NDArray kept = manager.create(rows)) {
      for (int i = 0; i < keys.length; i++) {
        keys[i] = keep(kept, keys[i]);
        values[i] = keep(kept, values[i]);
      }
    }
  }

  @Override
  public void close() {
    manager.close();
  }

  private int store(int layer, NDArray newKeys, NDArray newValues) {
    int end = filled + (int) newKeys.getShape().get(2);
    Ops.setColumns(keys[layer], newKeys, filled, end);
    Ops.setColumns(values[layer], newValues, filled, end);
    return end;
  }

  private static NDArray view(NDArray cached, NDArray sibling, int end) {
    NDArray view = Ops.slice(cached, 2, 0, end);
    view.attach(sibling.getManager());
    return view;
  }

  private static NDArray repeat(NDArray x, int copies) {
    return copies == 1 ? x : JniUtils.repeat((PtNDArray) x, copies, 0);
  }

  private static NDArray keep(NDArray rows, NDArray cached) {
    Shape shape = cached.getShape();
    try (cached;
        NDArray flat = cached.reshape(shape.get(0), -1);
        NDArray kept = Ops.rows(rows, flat)) {
      return kept.reshape(rows.size(), shape.get(1), shape.get(2), shape.get(3));
    }
  }
}
