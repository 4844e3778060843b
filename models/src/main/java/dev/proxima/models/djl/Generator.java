package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.SampledResponse;
import dev.proxima.models.SamplingOptions;
import dev.proxima.models.TokenRandom;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Samples responses, one token of every row at a time. Prompts of a batch are padded on the left,
 * so that all rows write the same cache column; rotary scores depend on differences of positions
 * only, so a column can stand for a position. A prompt is read once for all its responses.
 */
final class Generator {

  /**
   * What the model says about the next tokens; views of native memory, valid within the step.
   *
   * @param tempered probabilities at the sampling temperature, [rows, vocabulary]
   * @param logps log-probabilities at temperature 1, [rows, vocabulary]
   */
  private record Predictions(FloatBuffer tempered, FloatBuffer logps) {}

  /** Most memory of a batch's keys and values, unless a single prompt needs more. */
  private static final long CACHE_BYTES = 256L << 20;

  private final LlamaParameters parameters;
  private final LlamaDecoder decoder;
  private final ModelConfig config;
  private final SamplingOptions options;
  private final TokenRandom random;
  private final TokenSampler sampler;
  private final float[] probabilities;

  /** For one call of {@link #generate}. */
  Generator(
      LlamaParameters parameters,
      LlamaDecoder decoder,
      SamplingOptions options,
      TokenRandom random) {
    this.parameters = parameters;
    this.decoder = decoder;
    this.options = options;
    this.random = random;
    config = parameters.config();
    sampler = new TokenSampler(options.topP(), config.vocabSize());
    probabilities = new float[config.vocabSize()];
  }

  /** The responses of each prompt, in order. */
  List<List<SampledResponse>> generate(List<int[]> prompts) {
    prompts.forEach(this::check);
    List<List<SampledResponse>> responses = new ArrayList<>();
    prompts.forEach(prompt -> responses.add(new ArrayList<>()));
    int[] columns = prompts.stream().mapToInt(p -> p.length + options.maxNewTokens()).toArray();
    long budget = CACHE_BYTES / KeyValueCache.bytesPerToken(config);
    for (List<Integer> batch :
        MicroBatches.group(
            columns, options.responses(), (int) Math.min(budget, Integer.MAX_VALUE))) {
      for (ResponseRow row : generateBatch(prompts, batch)) {
        responses.get(row.prompt()).add(row.sampled());
      }
    }
    return responses;
  }

  private List<ResponseRow> generateBatch(List<int[]> prompts, List<Integer> batch) {
    int width = batch.stream().mapToInt(i -> prompts.get(i).length).max().orElseThrow();
    List<ResponseRow> all = new ArrayList<>();
    for (int prompt : batch) {
      for (int response = 0; response < options.responses(); response++) {
        all.add(new ResponseRow(prompt, response, width - prompts.get(prompt).length));
      }
    }
    int columns = width + options.maxNewTokens() - 1;
    try (NDManager scope = parameters.manager().newSubManager();
        KeyValueCache cache = new KeyValueCache(scope, config, all.size(), columns)) {
      List<int[]> batchPrompts = batch.stream().map(prompts::get).toList();
      try (NDManager step = scope.newSubManager()) {
        draw(all, options.responses(), readPrompts(batchPrompts, width, cache, step));
      }
      List<ResponseRow> rows = all;
      for (int length = 1; length < options.maxNewTokens(); length++) {
        rows = withoutFinished(rows, cache);
        if (rows.isEmpty()) {
          break;
        }
        try (NDManager step = scope.newSubManager()) {
          draw(rows, 1, readLastTokens(rows, cache, step));
        }
      }
    }
    return all;
  }

  /** Fills the cache with the prompts and returns the predictions after each. */
  private Predictions readPrompts(
      List<int[]> prompts, int width, KeyValueCache cache, NDManager step) {
    int n = prompts.size();
    long[] tokens = new long[n * width];
    for (int row = 0; row < n; row++) {
      int[] prompt = prompts.get(row);
      for (int i = 0; i < prompt.length; i++) {
        tokens[(row + 1) * width - prompt.length + i] = prompt[i];
      }
    }
    NDList masks =
        new NDList(AttentionMasks.causal(step, width, config.heads() / config.kvHeads()));
    addPaddingMask(masks, prompts.stream().mapToInt(p -> width - p.length).toArray(), width, step);
    NDArray hidden =
        decoder.hidden(
            step.create(tokens, new Shape(n, width)), masks, cache.prompts(options.responses()));
    cache.advance(width);
    return predictions(Ops.slice(hidden, 1, width - 1, width));
  }

  /** Reads every row's last token and returns the predictions after it. */
  private Predictions readLastTokens(List<ResponseRow> rows, KeyValueCache cache, NDManager step) {
    long[] tokens = rows.stream().mapToLong(ResponseRow::lastToken).toArray();
    NDList masks = new NDList();
    int[] padding = rows.stream().mapToInt(ResponseRow::padding).toArray();
    addPaddingMask(masks, padding, cache.length() + 1, step);
    NDArray hidden = decoder.hidden(step.create(tokens, new Shape(tokens.length, 1)), masks, cache);
    cache.advance(1);
    return predictions(hidden);
  }

  private Predictions predictions(NDArray lastHidden) {
    NDArray logits = decoder.logits(lastHidden.reshape(-1, config.hiddenSize()));
    return new Predictions(
        logits.div(options.temperature()).softmax(-1).toByteBuffer(true).asFloatBuffer(),
        logits.logSoftmax(-1).toByteBuffer(true).asFloatBuffer());
  }

  /**
   * Draws the next token of every row that is not finished.
   *
   * @param copies consecutive rows that share a prediction
   */
  private void draw(List<ResponseRow> rows, int copies, Predictions predictions) {
    for (int i = 0; i < rows.size(); i++) {
      ResponseRow row = rows.get(i);
      if (!row.finished()) {
        int begin = i / copies * config.vocabSize();
        predictions.tempered().get(begin, probabilities);
        int token =
            sampler.draw(probabilities, random.uniform(row.prompt(), row.response(), row.length()));
        row.append(token, predictions.logps().get(begin + token), config.eosTokenId());
      }
    }
  }

  /** Drops the finished rows once they are a quarter: dropping copies the cache. */
  private static List<ResponseRow> withoutFinished(List<ResponseRow> rows, KeyValueCache cache) {
    int[] open = IntStream.range(0, rows.size()).filter(i -> !rows.get(i).finished()).toArray();
    if (open.length > rows.size() * 3 / 4) {
      return rows;
    }
    if (open.length > 0) {
      cache.keep(IntStream.of(open).asLongStream().toArray());
    }
    return IntStream.of(open).mapToObj(rows::get).toList();
  }

  private static void addPaddingMask(NDList masks, int[] padding, int columns, NDManager step) {
    if (IntStream.of(padding).anyMatch(count -> count > 0)) {
      masks.add(AttentionMasks.leftPadding(step, padding, columns));
    }
  }

  private void check(int[] prompt) {
    if (prompt.length == 0) {
      throw new IllegalArgumentException("a prompt needs at least one token");
    }
    if (prompt.length + options.maxNewTokens() > config.maxPositionEmbeddings()) {
      throw new IllegalArgumentException(
          "a prompt of "
              + prompt.length
              + " tokens and "
              + options.maxNewTokens()
              + " new ones exceed max_position_embeddings, "
              + config.maxPositionEmbeddings());
    }
    Vocabulary.check(prompt, config);
  }
}
