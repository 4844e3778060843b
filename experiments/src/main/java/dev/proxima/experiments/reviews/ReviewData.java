package dev.proxima.experiments.reviews;

import dev.proxima.algorithms.preference.BradleyTerry;
import dev.proxima.algorithms.preference.RewardFunction;
import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.experiments.data.Conversation;
import dev.proxima.experiments.data.FineTuningExample;
import dev.proxima.experiments.data.FineTuningExamples;
import dev.proxima.experiments.data.PreferencePair;
import dev.proxima.experiments.data.PreferencePairs;
import dev.proxima.experiments.data.Prompts;
import dev.proxima.experiments.reviews.ReviewGrammar.Subject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The data of the review task. No aspect of a product that is asked about in one of the four parts
 * is asked about in another, in whatever words; within a part each is asked about once, except that
 * fine-tuning goes round again once its subjects are used up.
 *
 * @param fineTuning requests with a review from {@link ReviewGrammar}
 * @param preferences pairs of such reviews, labelled by Bradley-Terry on {@link ReviewReward}
 */
public record ReviewData(
    List<FineTuningExample> fineTuning,
    List<Conversation> trainingPrompts,
    List<Conversation> evaluationPrompts,
    PreferencePairs preferences) {

  /** How many of each, none negative. */
  public record Sizes(int fineTuning, int trainingPrompts, int evaluationPrompts, int preferences) {

    public Sizes {
      if (Math.min(Math.min(fineTuning, trainingPrompts), Math.min(evaluationPrompts, preferences))
          < 0) {
        throw new IllegalArgumentException("the sizes of the review data must not be negative");
      }
    }
  }

  /**
   * Makes the data; the same seed and sizes make the same.
   *
   * @throws IllegalArgumentException if training prompts, evaluation prompts and preferences
   *     together leave no subject to fine-tune on
   */
  public static ReviewData generate(long seed, Sizes sizes) {
    List<Subject> subjects = shuffledSubjects(seed);
    long held = (long) sizes.trainingPrompts() + sizes.evaluationPrompts() + sizes.preferences();
    if (held >= subjects.size()) {
      throw new IllegalArgumentException(
          "training prompts, evaluation prompts and preferences together must be fewer than "
              + subjects.size()
              + ", not "
              + held);
    }
    int training = sizes.evaluationPrompts();
    int preferences = training + sizes.trainingPrompts();
    int fineTuning = preferences + sizes.preferences();
    return new ReviewData(
        fineTuningExamples(seed, subjects.subList(fineTuning, subjects.size()), sizes.fineTuning()),
        prompts(seed, "training", subjects.subList(training, preferences)),
        prompts(seed, "evaluation", subjects.subList(0, training)),
        new PreferencePairs(pairs(seed, subjects.subList(preferences, fineTuning)), 0));
  }

  /**
   * Writes {@code sft.jsonl}, {@code train-prompts.jsonl}, {@code eval-prompts.jsonl} and {@code
   * pairs.jsonl} into a folder, under the ecosystem's field names.
   */
  public void write(Path folder) {
    FineTuningExamples.write(folder.resolve("sft.jsonl"), fineTuning);
    Prompts.write(folder.resolve("train-prompts.jsonl"), trainingPrompts);
    Prompts.write(folder.resolve("eval-prompts.jsonl"), evaluationPrompts);
    preferences.write(folder.resolve("pairs.jsonl"));
  }

  private static List<Subject> shuffledSubjects(long seed) {
    List<Subject> subjects = ReviewGrammar.subjects();
    int[] order = RandomStream.of(seed, "review subjects").permutation(subjects.size());
    return IntStream.of(order).mapToObj(subjects::get).toList();
  }

  private static List<FineTuningExample> fineTuningExamples(
      long seed, List<Subject> subjects, int size) {
    List<FineTuningExample> examples = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      ReviewPrompt prompt = prompt(seed, "fine-tuning", subjects.get(i % subjects.size()), i);
      String review =
          ReviewGrammar.response(prompt, RandomStream.of(seed, "fine-tuning review", i));
      examples.add(new FineTuningExample(Conversation.ofUser(prompt.text()), review));
    }
    return examples;
  }

  private static List<Conversation> prompts(long seed, String part, List<Subject> subjects) {
    return IntStream.range(0, subjects.size())
        .mapToObj(i -> Conversation.ofUser(prompt(seed, part, subjects.get(i), i).text()))
        .toList();
  }

  private static List<PreferencePair> pairs(long seed, List<Subject> subjects) {
    return IntStream.range(0, subjects.size())
        .mapToObj(i -> pair(seed, prompt(seed, "preference", subjects.get(i), i), i))
        .toList();
  }

  private static PreferencePair pair(long seed, ReviewPrompt prompt, int i) {
    List<String> reviews =
        Stream.iterate(0, n -> n + 1)
            .map(n -> RandomStream.of(seed, "preference review", i, n))
            .map(random -> ReviewGrammar.response(prompt, random))
            .distinct()
            .limit(2)
            .toList();
    String first = reviews.get(0);
    String second = reviews.get(1);
    RewardFunction reward = new ReviewReward();
    double firstWinning =
        BradleyTerry.probability(
            reward.reward(prompt.text(), first), reward.reward(prompt.text(), second));
    boolean firstWins = RandomStream.of(seed, "preference label", i).uniform(0) < firstWinning;
    Conversation conversation = Conversation.ofUser(prompt.text());
    return firstWins
        ? new PreferencePair(conversation, first, second)
        : new PreferencePair(conversation, second, first);
  }

  private static ReviewPrompt prompt(long seed, String part, Subject subject, int i) {
    return ReviewGrammar.prompt(subject, new Draws(RandomStream.of(seed, part + " prompt", i)));
  }
}
