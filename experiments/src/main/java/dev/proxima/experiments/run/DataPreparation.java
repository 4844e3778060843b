package dev.proxima.experiments.run;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.artifacts.PromptResponses;
import dev.proxima.actors.artifacts.PromptResponses.Preference;
import dev.proxima.actors.artifacts.PromptResponses.Response;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.actors.run.RunSpec.PairSource;
import dev.proxima.algorithms.preference.RewardFunction;
import dev.proxima.experiments.UserError;
import dev.proxima.experiments.config.DataSettings;
import dev.proxima.experiments.config.DataSettings.Pairs.Overlong;
import dev.proxima.experiments.config.ExperimentConfig;
import dev.proxima.experiments.data.Conversation;
import dev.proxima.experiments.data.FineTuningExample;
import dev.proxima.experiments.data.PreferencePair;
import dev.proxima.experiments.data.PromptPartition;
import dev.proxima.experiments.reviews.ReviewData;
import dev.proxima.experiments.reviews.ReviewReward;
import dev.proxima.models.SamplingOptions;
import dev.proxima.models.djl.DjlTokenizer;
import dev.proxima.models.tokenizer.ByteLevelBpe;
import dev.proxima.models.tokenizer.ChatFormat;
import dev.proxima.models.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Tokenises an experiment's data: trains the tokenizer on the training part and stores both as
 * artefacts. The same configuration and data always give the same artefacts.
 */
final class DataPreparation {

  private final ExperimentConfig config;
  private final ArtifactStore store;
  private final int iterations;

  DataPreparation(ExperimentConfig config, ArtifactStore store) {
    this.config = config;
    this.store = store;
    this.iterations = RawData.iterations(config);
  }

  /** The reward of sampled responses. */
  static Optional<RewardFunction> reward(RunSpec spec) {
    return spec.data().source() == PairSource.SAMPLED
        ? Optional.of(new ReviewReward())
        : Optional.empty();
  }

  PreparedData prepare(RawData raw) {
    return raw instanceof RawData.Pairs pairs
        ? preparePairs(pairs)
        : prepareReviews(((RawData.Reviews) raw).data());
  }

  private PreparedData prepareReviews(ReviewData reviews) {
    int perIteration = reviews.trainingPrompts().size() / iterations;
    ArtifactId tokenizerFile =
        trainTokenizer(reviews.fineTuning().stream().flatMap(DataPreparation::texts).toList());
    try (Tokenizer tokenizer = DjlTokenizer.open(store.read(tokenizerFile))) {
      ChatFormat format = new ChatFormat(tokenizer);
      List<PromptResponses> training = prompts(format, reviews.trainingPrompts(), 0);
      List<PromptResponses> heldOut = prompts(format, reviews.evaluationPrompts(), training.size());
      List<PromptResponses> examples = examples(format, reviews.fineTuning());
      requireRoom(
          "the longest fine-tuning example",
          examples.stream()
              .mapToInt(
                  line -> line.promptTokens().length + line.responses().get(0).tokens().length));
      requireRoom(training, config.settings().sampling());
      requireRoom(heldOut, config.settings().evaluation());
      RunSpec.Data data =
          new RunSpec.Data(
              tokenizerFile,
              JsonArtifacts.writeLines(store, examples),
              PairSource.SAMPLED,
              IntStream.range(0, iterations)
                  .map(t -> config.settings().exploration().choosesAll() ? t : 0)
                  .mapToObj(
                      fold -> training.subList(fold * perIteration, (fold + 1) * perIteration))
                  .map(prompts -> shards(prompts, config.samplingShardPrompts()))
                  .toList(),
              shards(heldOut, config.evaluationShardPrompts()),
              List.of());
      return new PreparedData(
          new PreparedRun(
              data,
              config.model().with(tokenizer),
              config.rewardModel().map(settings -> Judge.store(settings, store)).orElse(null)),
          "%,d reviews, %d x %d%s prompts, %d held-out prompts, %,d tokens in the vocabulary"
              .formatted(
                  reviews.fineTuning().size(),
                  iterations,
                  perIteration,
                  config.settings().exploration().choosesAll() ? "" : " of the same",
                  heldOut.size(),
                  tokenizer.vocabSize()));
    }
  }

  private PreparedData preparePairs(RawData.Pairs raw) {
    DataSettings.Pairs settings = raw.settings();
    long seed = config.settings().seed();
    PromptPartition.Split<PreferencePair> split = raw.split();
    ArtifactId tokenizerFile =
        trainTokenizer(split.training().stream().flatMap(DataPreparation::texts).toList());
    try (Tokenizer tokenizer = DjlTokenizer.open(store.read(tokenizerFile))) {
      PairTokens tokens = new PairTokens(new ChatFormat(tokenizer), settings);
      List<PreferencePair> fitting = split.training().stream().filter(tokens::fit).toList();
      List<PreferencePair> training = firstOf(fitting, settings.maxPairs());
      List<PreferencePair> heldOut = split.heldOut().stream().filter(tokens::fit).toList();
      requireSome(settings, training, heldOut);
      List<List<PreferencePair>> folds =
          PromptPartition.folds(training, PreferencePair::prompt, iterations, seed);
      RunSpec.Data data =
          new RunSpec.Data(
              tokenizerFile,
              JsonArtifacts.writeLines(store, tokens.chosen(training)),
              PairSource.GIVEN,
              folds.stream()
                  .map(fold -> shards(tokens.pairs(fold), config.samplingShardPrompts()))
                  .toList(),
              shards(tokens.pairs(heldOut), config.evaluationShardPrompts()),
              shards(
                  tokens.prompts(heldOut, settings.answeredPrompts()),
                  config.evaluationShardPrompts()));
      int tooLong =
          split.training().size() + split.heldOut().size() - fitting.size() - heldOut.size();
      return new PreparedData(
          new PreparedRun(data, config.model().with(tokenizer), null),
          "%,d pairs in %d folds, %,d held out; left out: %,d too long, %,d ties; %,d tokens in the vocabulary"
              .formatted(
                  training.size(),
                  iterations,
                  heldOut.size(),
                  tooLong,
                  raw.ties(),
                  tokenizer.vocabSize()));
    }
  }

  private void requireRoom(List<PromptResponses> prompts, SamplingOptions options) {
    requireRoom(
        "the longest prompt with sampled tokens",
        prompts.stream().mapToInt(line -> line.promptTokens().length + options.maxNewTokens()));
  }

  private void requireRoom(String what, IntStream lengths) {
    int longest = lengths.max().orElse(0);
    int room = config.model().maxPositionEmbeddings();
    if (longest > room) {
      throw new UserError(
          "model.max-position-embeddings = %d is too small: %s has %d tokens; raise it or tokenizer.vocab-size"
              .formatted(room, what, longest));
    }
  }

  private static void requireSome(
      DataSettings.Pairs settings, List<PreferencePair> training, List<PreferencePair> heldOut) {
    if (training.isEmpty() || heldOut.isEmpty()) {
      throw new UserError(
          settings.file()
              + ": no pair for training or none held out fits the length limits; raise data.max-prompt-tokens and"
              + " data.max-response-tokens, or set data.overlong = truncate");
    }
  }

  private ArtifactId trainTokenizer(List<String> corpus) {
    ByteLevelBpe encoding =
        ByteLevelBpe.train(corpus, config.vocabularySize(), ChatFormat.SPECIAL_TOKENS);
    return store.write(encoding::write);
  }

  private List<ArtifactId> shards(List<PromptResponses> lines, int size) {
    List<ArtifactId> shards = new ArrayList<>();
    for (int from = 0; from < lines.size(); from += size) {
      shards.add(
          JsonArtifacts.writeLines(
              store, lines.subList(from, Math.min(from + size, lines.size()))));
    }
    return shards;
  }

  private static List<PromptResponses> prompts(
      ChatFormat format, List<Conversation> prompts, int firstId) {
    return IntStream.range(0, prompts.size())
        .mapToObj(
            i ->
                PromptResponses.ofPrompt(
                    firstId + i, prompts.get(i).text(), format.prompt(prompts.get(i).messages())))
        .toList();
  }

  private static List<PromptResponses> examples(
      ChatFormat format, List<FineTuningExample> examples) {
    return IntStream.range(0, examples.size())
        .mapToObj(
            i -> {
              FineTuningExample example = examples.get(i);
              int[] prompt = format.prompt(example.prompt().messages());
              int[] completion = format.response(example.completion());
              return PromptResponses.ofPrompt(i, example.prompt().text(), prompt)
                  .with(List.of(response(example.completion(), completion)), null);
            })
        .toList();
  }

  private static Response response(String text, int[] tokens) {
    return new Response(text, tokens, null, null, null);
  }

  private static Stream<String> texts(FineTuningExample example) {
    return Stream.concat(texts(example.prompt()), Stream.of(example.completion()));
  }

  private static Stream<String> texts(PreferencePair pair) {
    return Stream.concat(texts(pair.prompt()), Stream.of(pair.chosen(), pair.rejected()));
  }

  private static Stream<String> texts(Conversation conversation) {
    return conversation.messages().stream().map(message -> message.content());
  }

  private static <T> List<T> firstOf(List<T> items, int most) {
    return most == 0 || items.size() <= most ? items : items.subList(0, most);
  }

  /** Given pairs as tokens, within the length limits. */
  private record PairTokens(ChatFormat format, DataSettings.Pairs limits) {

    /** Whether a pair is within the limits, or may be cut to them. */
    boolean fit(PreferencePair pair) {
      return limits.overlong() == Overlong.TRUNCATE
          || (format.prompt(pair.prompt().messages()).length <= limits.maxPromptTokens()
              && format.response(pair.chosen()).length <= limits.maxResponseTokens()
              && format.response(pair.rejected()).length <= limits.maxResponseTokens());
    }

    List<PromptResponses> pairs(List<PreferencePair> pairs) {
      return lines(pairs, true);
    }

    /** The preferred responses alone, as fine-tuning data. */
    List<PromptResponses> chosen(List<PreferencePair> pairs) {
      return lines(pairs, false);
    }

    /** The first {@code most} different prompts, without responses. */
    List<PromptResponses> prompts(List<PreferencePair> pairs, int most) {
      List<Conversation> prompts =
          pairs.stream().map(PreferencePair::prompt).distinct().limit(most).toList();
      return IntStream.range(0, prompts.size()).mapToObj(i -> prompt(i, prompts.get(i))).toList();
    }

    private List<PromptResponses> lines(List<PreferencePair> pairs, boolean both) {
      return IntStream.range(0, pairs.size()).mapToObj(i -> line(i, pairs.get(i), both)).toList();
    }

    private PromptResponses line(int id, PreferencePair pair, boolean both) {
      Response chosen = cut(pair.chosen());
      PromptResponses line = prompt(id, pair.prompt());
      return both
          ? line.with(List.of(chosen, cut(pair.rejected())), new Preference(0, 1))
          : line.with(List.of(chosen), null);
    }

    private PromptResponses prompt(int id, Conversation prompt) {
      return PromptResponses.ofPrompt(
          id, prompt.text(), lastOf(format.prompt(prompt.messages()), limits.maxPromptTokens()));
    }

    private Response cut(String text) {
      int[] tokens = format.response(text);
      return response(
          text, Arrays.copyOf(tokens, Math.min(tokens.length, limits.maxResponseTokens())));
    }

    /** A prompt is cut at its beginning, so that it still ends by asking for the response. */
    private static int[] lastOf(int[] tokens, int most) {
      return Arrays.copyOfRange(tokens, Math.max(0, tokens.length - most), tokens.length);
    }
  }
}
