package dev.proxima.models.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import dev.proxima.models.Precision;
import dev.proxima.models.TrainingOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A decoder in training.
 *
 * @param adapters are trained in place of the parameters, where there are any
 * @param dropout of the residual stream, where there is any
 */
record TrainedDecoder(
    DecoderParameters parameters,
    Optional<LoraAdapters> adapters,
    Optional<ResidualDropout> dropout)
    implements AutoCloseable {

  /** A decoder all of whose parameters are trained. */
  static TrainedDecoder whole(DecoderParameters parameters, TrainingOptions options) {
    return new TrainedDecoder(
        parameters, Optional.empty(), ResidualDropout.of(options, parameters));
  }

  /** A frozen decoder with adapters that are trained. */
  static TrainedDecoder adapted(
      DecoderParameters parameters, LoraAdapters adapters, TrainingOptions options) {
    return new TrainedDecoder(
        parameters, Optional.of(adapters), ResidualDropout.of(options, parameters));
  }

  /** What is trained: each array once, in a fixed order. */
  List<NDArray> arrays() {
    return adapters.map(LoraAdapters::arrays).orElseGet(parameters::arrays);
  }

  Decoder decoder(Precision precision) {
    return new Decoder(parameters, precision, adapters, dropout);
  }

  /** Begins a 0-based optimiser step: dropout draws anew. */
  void begin(int step) {
    adapters.ifPresent(each -> each.begin(step));
    dropout.ifPresent(each -> each.begin(step));
  }

  /**
   * The same for another thread, see {@link DecoderParameters#alias}; it goes when its parameters
   * are closed.
   */
  TrainedDecoder alias(Device device) {
    DecoderParameters alias = parameters.alias(device);
    return new TrainedDecoder(
        alias, adapters.map(each -> each.alias(alias)), dropout.map(each -> each.alias(alias)));
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
