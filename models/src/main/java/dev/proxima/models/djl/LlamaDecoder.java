package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.proxima.models.ModelConfig;

/**
 * The forward pass of a Llama decoder (Touvron et al. 2023): pre-norm layers of grouped-query
 * attention with rotary positions and SwiGLU. Below, B = batch, S = positions, T = positions seen
 * so far, d = hidden size, h = head size, H = heads, K = key/value heads and G = H / K.
 */
final class LlamaDecoder {

  private final LlamaParameters parameters;
  private final ModelConfig config;
  private final RotaryEmbedding rotary;
  private final NDArray epsilon;
  private final NDArray minusHalf;
  private final NDArray scale;

  LlamaDecoder(LlamaParameters parameters) {
    this.parameters = parameters;
    config = parameters.config();
    NDManager manager = parameters.manager();
    rotary = new RotaryEmbedding(manager, config);
    epsilon = manager.create((float) config.rmsNormEps());
    minusHalf = manager.create(-0.5f);
    scale = manager.create((float) (1 / Math.sqrt(config.headSize())));
  }

  /**
   * Hidden states before the last norm.
   *
   * @param tokens token ids, int64 [B, S]; what is made lives in their manager
   * @param masks added to the scores [B, K, G S, T]
   * @param past earlier positions, which the tokens follow
   * @return [B, S, d]
   */
  NDArray hidden(NDArray tokens, NDList masks, KeyValues past) {
    NDManager scope = tokens.getManager();
    long positions = tokens.getShape().get(1);
    RotaryEmbedding.Rotation rotation = rotary.at(scope, past.length(), positions);
    NDArray hidden = Ops.rows(tokens, parameters.embedding());
    for (int i = 0; i < config.layers(); i++) {
      LlamaParameters.Layer layer = parameters.layers().get(i);
      try (NDManager layerScope = scope.newSubManager()) {
        hidden.attach(layerScope);
        NDArray normed = norm(hidden, layer.inputNorm());
        NDArray attended = hidden.add(attention(normed, layer, i, masks, rotation, past));
        hidden = attended.add(swiGlu(norm(attended, layer.postAttentionNorm()), layer));
        hidden.attach(scope);
      }
    }
    return hidden;
  }

  /** Logits [n, vocabulary] of hidden states [n, d]. */
  NDArray logits(NDArray hidden) {
    return Ops.linear(norm(hidden, parameters.finalNorm()), parameters.output());
  }

  /** Root-mean-square norm (Zhang and Sennrich 2019): x / sqrt(mean(x^2) + epsilon) * weight. */
  private NDArray norm(NDArray x, NDArray weight) {
    NDArray inverse = x.square().mean(new int[] {-1}, true).addi(epsilon).pow(minusHalf);
    return x.mul(inverse).mul(weight);
  }

  private NDArray attention(
      NDArray x,
      LlamaParameters.Layer layer,
      int index,
      NDList masks,
      RotaryEmbedding.Rotation rotation,
      KeyValues past) {
    long batch = x.getShape().get(0);
    long positions = x.getShape().get(1);
    int head = config.headSize();
    int heads = config.heads();
    int kvHeads = config.kvHeads();
    int turned = heads + kvHeads;
    NDArray projected =
        Ops.linear(x, layer.queryKeyValue()).reshape(batch, positions, turned + kvHeads, head);
    NDList turnedAndValues = Ops.split(projected, 2, turned, kvHeads);
    NDList queriesAndKeys = Ops.split(rotation.apply(turnedAndValues.get(0)), 2, heads, kvHeads);
    NDArray keys = queriesAndKeys.get(1).swapAxes(1, 2);
    NDArray values = turnedAndValues.get(1).swapAxes(1, 2);
    // Query heads that share a key head become further rows of one product: [B, K, G S, h].
    NDArray queries =
        queriesAndKeys
            .get(0)
            .mul(scale)
            .swapAxes(1, 2)
            .reshape(batch, kvHeads, heads / kvHeads * positions, head);
    NDList seen = past.extend(index, keys, values);
    NDArray scores = queries.matMul(seen.get(0).swapAxes(2, 3));
    for (NDArray mask : masks) {
      scores.addi(mask);
    }
    NDArray mixed = scores.softmax(-1).matMul(seen.get(1));
    return Ops.linear(
        mixed
            .reshape(batch, heads, positions, head)
            .swapAxes(1, 2)
            .reshape(batch, positions, (long) heads * head),
        layer.attentionOutput());
  }

  /** Shazeer 2020: (silu(x W_gate) * x W_up) W_down, with silu(z) = z sigmoid(z). */
  private NDArray swiGlu(NDArray x, LlamaParameters.Layer layer) {
    int inner = config.intermediateSize();
    NDList gateAndUp = Ops.split(Ops.linear(x, layer.gateUp()), 2, inner, inner);
    NDArray gate = gateAndUp.get(0);
    NDArray up = gateAndUp.get(1);
    return Ops.linear(gate.getNDArrayInternal().sigmoid().mul(gate).mul(up), layer.down());
  }
}
