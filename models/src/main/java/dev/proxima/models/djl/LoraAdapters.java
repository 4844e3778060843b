package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.models.LoraOptions;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.architecture.Part;
import dev.proxima.models.lora.AdapterFolder;
import dev.proxima.models.lora.AdapterWeights;
import dev.proxima.models.lora.LoraFactors;
import dev.proxima.models.lora.LoraModule;
import dev.proxima.models.lora.MergedCheckpoint;
import dev.proxima.models.safetensors.Checkpoint;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Low-rank adapters in training on a frozen decoder ({@link LoraOptions}). A begins uniform in
 * [-1/sqrt(in), 1/sqrt(in)), as PEFT's does, B at 0.
 *
 * <p>Which entries of a linear layer's input dropout leaves out, {@link DropoutMasks} says. Linear
 * layers with the same input, such as queries and keys, lack the same entries.
 *
 * <p>Of a model with N parameters and adapters with P = sum of rank (in + out), a step of AdamW
 * holds N numbers in the engine's precision, 4 P in float32 (values, gradients, the two moments),
 * and for the way back what a step without adapters does but no gradients of the N parameters; with
 * dropout besides, of each token and input with adapters, its entries less those left out and a
 * byte of each.
 */
@SuppressWarnings("try") // GradMode is held, never used
final class LoraAdapters implements AutoCloseable {

  /** The inputs of a layer that feed linear layers, in the order of {@code decoder.py}. */
  private enum Input {
    ATTENTION(Slot.QUERY_KEY_VALUE, 3),
    ATTENTION_OUTPUT(Slot.ATTENTION_OUTPUT, 1),
    FEED_FORWARD(Slot.GATE_UP, 2),
    DOWN(Slot.DOWN, 1);

    private final Slot slot;
    private final int parts;

    Input(Slot slot, int parts) {
      this.slot = slot;
      this.parts = parts;
    }
  }

  /** Arrays of a layer: A, the keys of the input's entries and B of each part, for each input. */
  private static final int LAYER_ARRAYS =
      Arrays.stream(Input.values()).mapToInt(input -> 2 + input.parts).sum();

  /** Where A and B of a module lie: A in the rows of {@code down} from {@code begin} on. */
  private record Place(LoraModule module, PtNDArray down, int begin, PtNDArray up) {}

  private final NDManager manager;
  private final ModelConfig config;
  private final Checkpoint base;
  private final LoraOptions options;
  private final long seed;
  private final DropoutMasks masks;
  private final PtNDArray none;
  private final PtNDArray[] scaling;
  private final PtNDArray[] layers;
  private final List<Place> places = new ArrayList<>();
  private final List<NDArray> arrays = new ArrayList<>();

  /**
   * Fresh adapters, which live as long as the parameters.
   *
   * @param base the file of the parameters, which is closed with the adapters
   * @param modules that get an adapter
   * @param seed of A and of dropout
   */
  LoraAdapters(
      DecoderParameters parameters,
      Checkpoint base,
      List<LoraModule> modules,
      LoraOptions options,
      long seed) {
    this.manager = parameters.manager();
    this.config = parameters.config();
    this.base = base;
    this.options = options;
    this.seed = seed;
    masks = masks();
    none = (PtNDArray) manager.create(new Shape(0));
    scaling = scaling();
    layers = layers(modules);
  }

  private LoraAdapters(LoraAdapters of, DecoderParameters parameters) {
    manager = parameters.manager();
    config = of.config;
    base = of.base;
    options = of.options;
    seed = of.seed;
    masks = masks();
    Aliases aliases = new Aliases(manager);
    none = aliases.of(of.none);
    scaling = aliases.of(of.scaling);
    layers = aliases.of(of.layers);
    arrays.addAll(aliases.of(of.arrays));
  }

  /**
   * The same adapters on an alias of their parameters, see {@link Aliases}; they go with that alias
   * and cannot be saved.
   */
  LoraAdapters alias(DecoderParameters parameters) {
    return new LoraAdapters(this, parameters);
  }

  /** What is trained: each array once, in a fixed order. */
  List<NDArray> arrays() {
    return arrays;
  }

  /** What {@code decoder.py} takes for the layers from (inclusive) to (exclusive). */
  PtNDArray[] layers(int from, int to) {
    return Arrays.copyOfRange(layers, from * LAYER_ARRAYS, to * LAYER_ARRAYS);
  }

  /** Begins a 0-based optimiser step: dropout draws anew. */
  void begin(int number) {
    masks.begin(number);
  }

  /** What {@code decoder.py} takes besides, of a batch. */
  PtNDArray[] scaling(PackedBatch batch, NDManager scope) {
    if (options.dropout() == 0) {
      return scaling;
    }
    return new PtNDArray[] {scaling[0], masks.tokens(batch, scope), scaling[1]};
  }

  /** Writes the model with the adapters merged into it. */
  void saveMerged(Path safetensors) {
    withFactors(
        factors ->
            DecoderParameters.save(
                new MergedCheckpoint(base, config, factors, options.scale()), config, safetensors));
  }

  /** Writes the adapters as PEFT does. */
  void save(Path folder) {
    withFactors(factors -> AdapterFolder.write(folder, config, options, factors));
  }

  /** Writes their tensors alone. */
  void save(AdapterWeights weights) {
    withFactors(weights::write);
  }

  /**
   * Takes over an adapter's values.
   *
   * @throws IllegalArgumentException with one line where it has other modules, rank or scale
   */
  void restore(AdapterFolder folder) {
    require(folder.rank() == options.rank() && folder.scale() == options.scale(), folder.path());
    restore(folder.path(), folder.factors(config));
  }

  /**
   * Takes over an adapter's values.
   *
   * @throws IllegalArgumentException with one line where it has other modules or another rank
   */
  void restore(AdapterWeights weights) {
    restore(weights.safetensors(), weights.factors(config, options.rank()));
  }

  private void restore(Path path, List<LoraFactors> all) {
    Map<LoraModule, LoraFactors> found = new LinkedHashMap<>();
    all.forEach(each -> found.put(each.module(), each));
    List<LoraModule> modules = places.stream().map(Place::module).toList();
    require(found.keySet().equals(Set.copyOf(modules)), path);
    try (GradMode still = GradMode.off();
        NDManager scope = manager.newSubManager()) {
      for (Place place : places) {
        LoraFactors factors = found.get(place.module());
        Shape down = new Shape(options.rank(), place.module().inputs());
        Ops.setRows(
            place.down(),
            Ops.owned(factors.down(), down, scope),
            place.begin(),
            place.begin() + options.rank());
        Ops.setRows(
            place.up(),
            Ops.owned(factors.up(), place.up().getShape(), scope),
            0,
            place.module().outputs());
      }
    }
  }

  @Override
  public void close() {
    base.close();
  }

  private static void require(boolean fits, Path path) {
    if (!fits) {
      throw new IllegalArgumentException(
          path + ": is an adapter of other modules, rank or alpha than this training's");
    }
  }

  private void withFactors(Consumer<List<LoraFactors>> use) {
    try (GradMode still = GradMode.off();
        NDManager scope = manager.newSubManager()) {
      use.accept(
          places.stream()
              .map(
                  place ->
                      new LoraFactors(
                          place.module(),
                          options.rank(),
                          rows(place.down(), place.begin(), options.rank(), scope),
                          rows(place.up(), 0, place.module().outputs(), scope)))
              .toList());
    }
  }

  private static FloatBuffer rows(NDArray array, int begin, int count, NDManager scope) {
    NDArray rows = Ops.slice(array, 0, begin, begin + count);
    rows.attach(scope);
    return DecoderParameters.floats(rows, scope);
  }

  /** The scale and, with dropout, the least key of an entry that is kept. */
  private PtNDArray[] scaling() {
    double kept = 1 - options.dropout();
    PtNDArray scale = (PtNDArray) manager.create((float) (options.scale() / kept));
    if (options.dropout() == 0) {
      return new PtNDArray[] {scale};
    }
    return new PtNDArray[] {scale, masks.least(manager)};
  }

  private DropoutMasks masks() {
    return new DropoutMasks(options.dropout(), seed, "dropout");
  }

  private PtNDArray[] layers(List<LoraModule> modules) {
    List<PtNDArray> all = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      for (Input input : Input.values()) {
        add(layer, input, modules, all);
      }
    }
    return all.toArray(PtNDArray[]::new);
  }

  private void add(int layer, Input input, List<LoraModule> modules, List<PtNDArray> all) {
    List<LoraModule> adapted = at(layer, input.slot, modules);
    if (adapted.isEmpty()) {
      for (int i = 0; i < 2 + input.parts; i++) {
        all.add(none);
      }
      return;
    }
    PtNDArray down = down(adapted);
    arrays.add(down);
    all.add(down);
    all.add(
        options.dropout() == 0
            ? none
            : masks.entries(adapted.get(0).inputs(), manager, layer, input.ordinal()));
    List<LoraModule> present = at(layer, input.slot, LoraModule.all(config));
    int begin = 0;
    for (int i = 0; i < input.parts; i++) {
      Optional<LoraModule> module =
          i < present.size() ? Optional.of(present.get(i)) : Optional.empty();
      int rank = module.filter(adapted::contains).isPresent() ? options.rank() : 0;
      PtNDArray up =
          (PtNDArray) manager.zeros(new Shape(module.map(LoraModule::outputs).orElse(0), rank));
      all.add(up);
      if (rank > 0) {
        arrays.add(up);
        places.add(new Place(module.get(), down, begin, up));
        begin += rank;
      }
    }
  }

  /** Those of the modules whose weights lie in a slot, from top to bottom. */
  private static List<LoraModule> at(int layer, Slot slot, List<LoraModule> modules) {
    List<LoraModule> found = new ArrayList<>();
    for (Part part : slot.parts()) {
      modules.stream()
          .filter(module -> module.layer() == layer && module.part() == part)
          .forEach(found::add);
    }
    return found;
  }

  /** A of each of the modules, one below the other. */
  private PtNDArray down(List<LoraModule> modules) {
    int inputs = modules.get(0).inputs();
    FloatBuffer values = FloatBuffer.allocate(modules.size() * options.rank() * inputs);
    for (LoraModule module : modules) {
      RandomStream random = RandomStream.of(seed, module.name() + " A");
      for (int i = 0; i < options.rank() * inputs; i++) {
        values.put((float) ((2 * random.uniform(i) - 1) / Math.sqrt(inputs)));
      }
    }
    return Ops.owned(
        values.flip(), new Shape((long) modules.size() * options.rank(), inputs), manager);
  }
}
