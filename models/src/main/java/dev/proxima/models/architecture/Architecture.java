package dev.proxima.models.architecture;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.ModelConfig;
import java.util.Map;

/**
 * One family of decoders as Hugging Face knows it: what its {@code config.json} means, and what its
 * tensors are called. A new one is a class of its own and a line in {@link Architectures}.
 */
public interface Architecture {

  /** {@code model_type} in {@code config.json}. */
  String modelType();

  /** What transformers' names of its classes begin with, as in {@code LlamaForCausalLM}. */
  String className();

  /** transformers' class of its language models. */
  default String languageModel() {
    return className() + "ForCausalLM";
  }

  /**
   * The shape that a {@code config.json} describes; keys that it may leave out get Hugging Face's
   * defaults.
   *
   * @throws IllegalArgumentException with one line that names the file and the key that is missing,
   *     ill-typed or asks for what Proxima does not do
   */
  ModelConfig read(ConfigJson json);

  /**
   * The name of each part of such a model, with {@code %d} for the layer from 0. What is not named
   * is not there.
   */
  Map<Part, String> names(ModelConfig config);

  /** Writes the shape of a model of this family, so that {@link #read} gives it again. */
  void describe(ModelConfig config, ObjectNode json);

  /** What precedes the names of all parts but the output layer, unless a file leaves it out. */
  String basePrefix();

  /** Whether files hold the matrices of linear layers as [in, out]. */
  default boolean transposed() {
    return false;
  }
}
