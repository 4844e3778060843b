package dev.proxima.models.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import dev.proxima.models.GenerationListener;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.SampledResponse;
import dev.proxima.models.SamplingOptions;
import dev.proxima.models.TokenRandom;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Samples responses, one token of every row at a time. Keys and values lie in caches that are
 * allocated once; a row that has finished gives its place to the last one, and waiting prompts
 * enter where a quarter of the rows is free (continuous batching; Yu et al. 2022). Rows have their
 * own positions, so nothing is padded. A prompt is read once for all its responses.
 */
final class Generator {

  /** Most tokens of prompts that are read at once, unless a single one is longer. */
  private static final int PREFILL_TOKENS = 4096;

  private final DecoderParameters parameters;
  private final Decoder decoder;
  private final ModelConfig config;
  private final SamplingOptions options;
  private final TokenRandom random;
  private final GenerationListener listener;
  private final long cacheBytes;
  private final TokenSampler sampler;
  private final float[] probabilities;

  /**
   * For one call of {@link #generate}.
   *
   * @param cacheBytes most memory of the caches, unless a single prompt needs more
   */
  Generator(
      DecoderParameters parameters,
      Decoder decoder,
      SamplingOptions options,
      TokenRandom random,
      GenerationListener listener,
      long cacheBytes) {
    this.cacheBytes = cacheBytes;
    this.parameters = parameters;
    this.decoder = decoder;
    this.options = options;
    this.random = random;
    this.listener = listener;
    config = parameters.config();
    sampler = new TokenSampler(options, config.vocabSize());
    probabilities = new float[config.vocabSize()];
  }

  /** The responses of each prompt, in order. */
  List<List<SampledResponse>> generate(List<int[]> prompts) {
    if (prompts.isEmpty()) {
      return List.of();
    }
    prompts.forEach(this::check);
    SampledResponse[][] done = new SampledResponse[prompts.size()][options.responses()];
    Deque<List<ResponseRow>> waiting = waiting(prompts);
    int columns =
        prompts.stream().mapToInt(prompt -> prompt.length).max().orElseThrow()
            + options.maxNewTokens()
            - 1;
    long affordable = cacheBytes / (columns * decoder.cacheBytesPerToken());
    int slots =
        (int)
            Math.min(
                (long) prompts.size() * options.responses(),
                Math.max(affordable, options.responses()));
    try (NDManager scope = parameters.manager().newSubManager()) {
      PtNDArray[] caches = decoder.caches(scope, slots, columns);
      List<ResponseRow> rows = new ArrayList<>();
      while (!waiting.isEmpty() || !rows.isEmpty()) {
        try (NDManager step = scope.newSubManager()) {
          if (!waiting.isEmpty() && rows.size() <= slots * 3 / 4) {
            admit(waiting, rows, slots, columns, caches, step);
          } else {
            decode(rows, caches, step);
          }
        }
        try (NDManager step = scope.newSubManager()) {
          retire(rows, caches, done, step);
        }
      }
    }
    return Arrays.stream(done).map(List::of).toList();
  }

  /** The rows of each prompt, the shortest prompt first: rows of like length share the caches. */
  private Deque<List<ResponseRow>> waiting(List<int[]> prompts) {
    Deque<List<ResponseRow>> waiting = new ArrayDeque<>();
    IntStream.range(0, prompts.size())
        .boxed()
        .sorted(Comparator.comparingInt(i -> prompts.get(i).length))
        .forEach(
            prompt ->
                waiting.add(
                    IntStream.range(0, options.responses())
                        .mapToObj(
                            response -> new ResponseRow(prompt, response, prompts.get(prompt)))
                        .toList()));
    return waiting;
  }

  /** Reads the prompts that have room and draws the first token of each of their responses. */
  private void admit(
      Deque<List<ResponseRow>> waiting,
      List<ResponseRow> rows,
      int slots,
      int columns,
      PtNDArray[] caches,
      NDManager step) {
    List<List<ResponseRow>> entering = new ArrayList<>();
    int tokens = 0;
    int free = slots - rows.size();
    while (!waiting.isEmpty() && free >= options.responses()) {
      int length = waiting.peek().get(0).promptTokens().length;
      if (!entering.isEmpty() && tokens + length > PREFILL_TOKENS) {
        break;
      }
      entering.add(waiting.remove());
      tokens += length;
      free -= options.responses();
    }
    PackedBatch batch =
        PackedBatch.ofPrompts(
            entering.stream().map(responses -> responses.get(0).promptTokens()).toList());
    long[] cells = new long[tokens * options.responses()];
    long[] sources = new long[cells.length];
    int cell = 0;
    int first = 0;
    int row = rows.size();
    for (List<ResponseRow> responses : entering) {
      int length = responses.get(0).promptTokens().length;
      for (int copy = 0; copy < responses.size(); copy++, row++) {
        for (int i = 0; i < length; i++, cell++) {
          cells[cell] = (long) row * columns + i;
          sources[cell] = first + i;
        }
      }
      first += length;
    }
    NDArray hidden = decoder.prefill(batch, caches, cells, sources, step);
    Predictions predictions = predict(Ops.rows(step.create(batch.predicting()), hidden), step);
    List<ResponseRow> fresh = entering.stream().flatMap(List::stream).toList();
    for (int i = 0; i < fresh.size(); i++) {
      draw(fresh.get(i), i / options.responses(), predictions);
    }
    rows.addAll(fresh);
  }

  /** Reads every row's last token and draws the next. */
  private void decode(List<ResponseRow> rows, PtNDArray[] caches, NDManager step) {
    long[] tokens = rows.stream().mapToLong(ResponseRow::lastToken).toArray();
    long[] positions = rows.stream().mapToLong(ResponseRow::lastPosition).toArray();
    Predictions predictions = predict(decoder.decode(tokens, positions, caches, step), step);
    for (int i = 0; i < rows.size(); i++) {
      draw(rows.get(i), i, predictions);
    }
  }

  /** Takes finished rows out; the last ones move to their places. */
  private void retire(
      List<ResponseRow> rows, PtNDArray[] caches, SampledResponse[][] done, NDManager step) {
    int open = (int) rows.stream().filter(row -> !finished(row)).count();
    if (open == rows.size()) {
      return;
    }
    List<Integer> sources = new ArrayList<>();
    List<Integer> targets = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      ResponseRow row = rows.get(i);
      if (finished(row)) {
        done[row.prompt()][row.response()] = row.sampled();
        if (i < open) {
          targets.add(i);
        }
      } else if (i >= open) {
        sources.add(i);
      }
    }
    int longest = 0;
    for (int i = 0; i < targets.size(); i++) {
      ResponseRow moved = rows.get(sources.get(i));
      longest = Math.max(longest, moved.lastPosition());
      rows.set(targets.get(i), moved);
    }
    rows.subList(open, rows.size()).clear();
    if (!targets.isEmpty()) {
      decoder.move(caches, longs(sources), longs(targets), longest, step);
    }
  }

  private boolean finished(ResponseRow row) {
    return row.ended() || row.length() == options.maxNewTokens();
  }

  /**
   * What the model says about the next tokens; views of native memory, valid within the step.
   *
   * @param logits [rows, vocabulary]
   * @param tempered probabilities at the sampling temperature, [rows, vocabulary]
   * @param normalisers log sum exp of each row's logits, [rows]
   */
  private record Predictions(FloatBuffer logits, FloatBuffer tempered, float[] normalisers) {}

  private Predictions predict(NDArray hidden, NDManager step) {
    NDArray logits = decoder.logits(hidden, step);
    NDArray tempered =
        options.temperature() == 0 ? logits : logits.div(options.temperature()).softmax(-1);
    return new Predictions(
        logits.toByteBuffer(true).asFloatBuffer(),
        tempered.toByteBuffer(true).asFloatBuffer(),
        decoder.logSumExp(logits, step).toFloatArray());
  }

  private void draw(ResponseRow row, int prediction, Predictions predictions) {
    int begin = prediction * config.vocabSize();
    predictions.tempered().get(begin, probabilities);
    if (options.repetitionPenalty() != 1) {
      penalise(row, predictions.logits(), begin);
    }
    int token =
        options.temperature() == 0
            ? mostProbable(probabilities)
            : sampler.draw(
                probabilities, random.uniform(row.prompt(), row.response(), row.length()));
    row.append(
        token,
        (double) predictions.logits().get(begin + token) - predictions.normalisers()[prediction]);
    if (config.tokens().eos().contains(token)
        || !listener.grown(row.prompt(), row.response(), row.tokens())) {
      row.end();
    }
  }

  /**
   * Lowers the logits of what was said before; as a factor of the probabilities, which need no
   * common sum.
   */
  private void penalise(ResponseRow row, FloatBuffer logits, int begin) {
    double penalty = options.repetitionPenalty();
    IntStream.concat(Arrays.stream(row.promptTokens()), Arrays.stream(row.tokens()))
        .distinct()
        .forEach(
            token -> {
              double logit = logits.get(begin + token);
              double change = (logit < 0 ? logit * penalty : logit / penalty) - logit;
              if (options.temperature() == 0) {
                probabilities[token] += (float) change;
              } else {
                probabilities[token] *= (float) StrictMath.exp(change / options.temperature());
              }
            });
  }

  private static int mostProbable(float[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      if (scores[i] > scores[best]) {
        best = i;
      }
    }
    if (!Float.isFinite(scores[best])) {
      throw new ArithmeticException("the model's logits are not finite; its parameters diverged");
    }
    return best;
  }

  private static long[] longs(List<Integer> values) {
    return values.stream().mapToLong(Integer::longValue).toArray();
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
