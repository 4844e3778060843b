package dev.proxima.models.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import dev.proxima.models.Precision;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A decoder in training.
 *
 * @param adapters are trained in place of the parameters, where there are any
 */
record TrainedDecoder(DecoderParameters parameters, Optional<LoraAdapters> adapters)
    implements AutoCloseable {

  /** A decoder all of whose parameters are trained. */
  static TrainedDecoder whole(DecoderParameters parameters) {
    return new TrainedDecoder(parameters, Optional.empty());
  }

  /** What is trained: each array once, in a fixed order. */
  List<NDArray> arrays() {
    return adapters.map(LoraAdapters::arrays).orElseGet(parameters::arrays);
  }

  Decoder decoder(Precision precision) {
    return new Decoder(parameters, precision, adapters);
  }

  /**
   * The same for another thread, see {@link DecoderParameters#alias}; it goes when its parameters
   * are closed.
   */
  TrainedDecoder alias(Device device) {
    DecoderParameters alias = parameters.alias(device);
    return new TrainedDecoder(alias, adapters.map(each -> each.alias(alias)));
  }

  /** Writes the parameters, adapters merged into them. */
  void save(Path safetensors) {
    adapters.ifPresentOrElse(
        each -> each.saveMerged(safetensors), () -> parameters.save(safetensors));
  }

  @Override
  public void close() {
    adapters.ifPresent(LoraAdapters::close);
    parameters.close();
  }
}
