package dev.proxima.algorithms.objective;

import dev.proxima.algorithms.numeric.Dual;
import java.util.Arrays;
import java.util.Map;

/**
 * Supervised fine-tuning on the chosen responses, -log pi(y_w|x): by itself, or as a term of a
 * {@link WeightedSum} that keeps them likely ({@code dpo + 0.2 sft} is RPO's loss).
 *
 * <p>Source: Pang et al. 2024, "Iterative reasoning preference optimisation" (arXiv 2404.19733),
 * equation 1, takes the mean per response. TRL's {@code sft} is the mean over all response tokens
 * of the batch, in which long responses weigh more.
 *
 * @param mean over what the sum of token losses is divided
 */
public record Sft(Mean mean) implements PreferenceObjective {

  /** What the negative log-likelihood is a mean over. */
  public enum Mean {
    /** The tokens of each response. */
    RESPONSE,
    /** The tokens of all chosen responses of the batch. */
    BATCH,
    /** Nothing: the sum. */
    NONE
  }

  static final ObjectiveType TYPE =
      new ObjectiveType(
          "sft",
          Map.of("mean", "response"),
          options -> new Sft(options.choice("mean", Mean.class)));

  @Override
  public boolean couplesBatch() {
    return mean == Mean.BATCH;
  }

  @Override
  public LossAndGradient apply(PairLogps logps) {
    double tokensPerPair = Arrays.stream(logps.chosenTokens()).average().orElse(1);
    return PerPair.losses(logps, i -> loss(logps.pair(i), tokensPerPair));
  }

  private Dual loss(Pair pair, double tokensPerPair) {
    return switch (mean) {
      case RESPONSE -> pair.meanChosen().negate();
      case BATCH -> pair.chosen().dividedBy(-tokensPerPair);
      case NONE -> pair.chosen().negate();
    };
  }
}
