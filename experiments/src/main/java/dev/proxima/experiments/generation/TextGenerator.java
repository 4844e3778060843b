package dev.proxima.experiments.generation;

import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.experiments.data.Conversation;
import dev.proxima.models.GenerationListener;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.SampledResponse;
import dev.proxima.models.SamplingOptions;
import dev.proxima.models.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Responses as text. A response depends on the seed, its prompt's number and its own only. */
public final class TextGenerator {

  /**
   * One response.
   *
   * @param text without stop strings
   * @param logp log pi of its tokens, summed, in nats
   * @param finished whether it ended before the length limit
   */
  public record Response(String text, int tokens, double logp, boolean finished) {}

  private final LanguageModel model;
  private final Tokenizer tokenizer;
  private final Function<Conversation, int[]> encoder;
  private final SamplingOptions options;
  private final List<String> stops;
  private final long seed;

  /**
   * @param encoder from a conversation to the tokens of the prompt
   * @param stops strings that end a response
   */
  public TextGenerator(
      LanguageModel model,
      Tokenizer tokenizer,
      Function<Conversation, int[]> encoder,
      SamplingOptions options,
      List<String> stops,
      long seed) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.encoder = encoder;
    this.options = options;
    this.stops = List.copyOf(stops);
    this.seed = seed;
  }

  /**
   * The responses to each prompt, in order.
   *
   * @param first number of the first prompt
   * @throws IllegalArgumentException one line where a prompt is too long for the model
   */
  public List<List<Response>> generate(List<Conversation> prompts, int first) {
    return generate(prompts, first, GenerationListener.NONE);
  }

  /** The first response to a prompt, shown as it grows. */
  public Response stream(Conversation prompt, Consumer<String> screen) {
    ResponseText text = new ResponseText(tokenizer, stops);
    int[][] last = {{}};
    Response response =
        generate(
                List.of(prompt),
                0,
                (p, r, tokens) -> {
                  if (r == 0) {
                    screen.accept(text.next(tokens));
                    last[0] = tokens;
                  }
                  return true;
                })
            .get(0)
            .get(0);
    screen.accept(text.rest(last[0]));
    return response;
  }

  private List<List<Response>> generate(
      List<Conversation> prompts, int first, GenerationListener listener) {
    ResponseText text = new ResponseText(tokenizer, stops);
    RandomStream[][] streams =
        IntStream.range(0, prompts.size())
            .mapToObj(
                p ->
                    IntStream.range(0, options.responses())
                        .mapToObj(r -> RandomStream.of(seed, "generate", (long) first + p, r))
                        .toArray(RandomStream[]::new))
            .toArray(RandomStream[][]::new);
    List<List<SampledResponse>> sampled =
        model.generate(
            prompts.stream().map(encoder).toList(),
            options,
            (prompt, response, position) -> streams[prompt][response].uniform(position),
            (prompt, response, tokens) -> {
              boolean wanted = listener.grown(prompt, response, tokens);
              return wanted && (stops.isEmpty() || !text.stopsIn(tokens));
            });
    List<List<Response>> responses = new ArrayList<>();
    for (List<SampledResponse> ofPrompt : sampled) {
      responses.add(
          ofPrompt.stream()
              .map(
                  response ->
                      new Response(
                          text.of(response.tokens()),
                          response.tokens().length,
                          response.logp(),
                          response.finished()))
              .toList());
    }
    return responses;
  }
}
