package dev.proxima.models.djl;

import dev.proxima.models.architecture.Part;
import java.util.List;

/**
 * The arrays of a layer, in the order in which {@code decoder.py} takes them. Parts with the same
 * input lie in one array, one below the other, so that they take one matrix product.
 */
enum Slot {
  INPUT_NORM(Part.INPUT_NORM),
  INPUT_NORM_BIAS(Part.INPUT_NORM_BIAS),
  QUERY_KEY_VALUE(Part.QUERY_KEY_VALUE, Part.QUERY, Part.KEY, Part.VALUE),
  QUERY_KEY_VALUE_BIAS(Part.QUERY_KEY_VALUE_BIAS, Part.QUERY_BIAS, Part.KEY_BIAS, Part.VALUE_BIAS),
  QUERY_NORM(Part.QUERY_NORM),
  KEY_NORM(Part.KEY_NORM),
  ATTENTION_OUTPUT(Part.ATTENTION_OUTPUT),
  ATTENTION_OUTPUT_BIAS(Part.ATTENTION_OUTPUT_BIAS),
  ATTENTION_OUTPUT_NORM(Part.ATTENTION_OUTPUT_NORM),
  FEED_FORWARD_NORM(Part.FEED_FORWARD_NORM),
  FEED_FORWARD_NORM_BIAS(Part.FEED_FORWARD_NORM_BIAS),
  GATE_UP(Part.GATE, Part.UP),
  GATE_UP_BIAS(Part.GATE_BIAS, Part.UP_BIAS),
  DOWN(Part.DOWN),
  DOWN_BIAS(Part.DOWN_BIAS),
  DOWN_NORM(Part.DOWN_NORM);

  private final List<Part> parts;

  Slot(Part... parts) {
    this.parts = List.of(parts);
  }

  /** What lies in it, as far as the architecture has it, from top to bottom. */
  List<Part> parts() {
    return parts;
  }
}
