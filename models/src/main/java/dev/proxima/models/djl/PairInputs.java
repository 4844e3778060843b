package dev.proxima.models.djl;

import dev.proxima.algorithms.numeric.OrderedSum;
import dev.proxima.algorithms.objective.Collisions;
import dev.proxima.algorithms.objective.LossAndGradient;
import dev.proxima.algorithms.objective.PairDetail;
import dev.proxima.algorithms.objective.PairLogps;
import dev.proxima.algorithms.objective.PairRewards;
import dev.proxima.algorithms.objective.PreferenceObjective;
import dev.proxima.algorithms.objective.TokenGradient;
import dev.proxima.algorithms.objective.TokenLogps;
import dev.proxima.models.ReferenceTokens;
import dev.proxima.models.TokenPair;
import dev.proxima.models.TokenSequence;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Between n pairs and the 2n sequences that a scoring pass sees: the chosen responses in order,
 * then the rejected ones.
 */
record PairInputs(List<TokenPair> pairs) {

  /** Those pairs of a batch that are at {@code items}. */
  static PairInputs of(List<TokenPair> batch, List<Integer> items) {
    return new PairInputs(items.stream().map(batch::get).toList());
  }

  /** The sequences of the pairs. */
  List<TokenSequence> sequences() {
    return Stream.concat(
            pairs.stream().map(TokenPair::chosen), pairs.stream().map(TokenPair::rejected))
        .toList();
  }

  /**
   * What an objective sees of the pairs.
   *
   * @param tokenLogps log pi(token | before) of each sequence's response tokens, [2n][tokens]
   * @param collisions log sum_v pi(v | before)^2 at each of them, where the objective needs it
   * @throws IllegalArgumentException if the objective needs to know of a pair what is not known
   */
  PairLogps logps(
      PreferenceObjective objective, double[][] tokenLogps, Optional<double[][]> collisions) {
    int n = pairs.size();
    double[] sums = sums(tokenLogps);
    PairLogps sequences = logps(Arrays.copyOf(sums, n), Arrays.copyOfRange(sums, n, 2 * n));
    return new PairLogps(
        sequences.policyChosen(),
        sequences.policyRejected(),
        sequences.referenceChosen(),
        sequences.referenceRejected(),
        sequences.chosenTokens(),
        sequences.rejectedTokens(),
        objective.needs().contains(PairDetail.TOKEN_LOGPS)
            ? Optional.of(tokens(tokenLogps))
            : Optional.empty(),
        collisions
            .map(PairInputs::sums)
            .map(s -> new Collisions(Arrays.copyOf(s, n), Arrays.copyOfRange(s, n, 2 * n))),
        objective.needs().contains(PairDetail.REWARDS) ? rewards() : List.of());
  }

  /** The same of whole sequences, from log pi(y_w|x) and log pi(y_l|x), each of shape [n]. */
  PairLogps logps(double[] chosen, double[] rejected) {
    return new PairLogps(
        chosen,
        rejected,
        pairs.stream().mapToDouble(TokenPair::referenceChosen).toArray(),
        pairs.stream().mapToDouble(TokenPair::referenceRejected).toArray(),
        pairs.stream().mapToInt(pair -> pair.chosen().responseLength()).toArray(),
        pairs.stream().mapToInt(pair -> pair.rejected().responseLength()).toArray());
  }

  /** d loss / d log pi(token | before) of each sequence's response tokens, [2n][tokens]. */
  double[][] tokenGradients(LossAndGradient loss) {
    double[][] gradients = new double[2 * pairs.size()][];
    for (int i = 0; i < pairs.size(); i++) {
      int pair = i;
      gradients[i] =
          tokenGradient(
              loss.gradChosen()[i],
              pairs.get(i).chosen(),
              loss.tokens().map(TokenGradient::chosen).map(rows -> rows[pair]));
      gradients[pairs.size() + i] =
          tokenGradient(
              loss.gradRejected()[i],
              pairs.get(i).rejected(),
              loss.tokens().map(TokenGradient::rejected).map(rows -> rows[pair]));
    }
    return gradients;
  }

  private static double[] tokenGradient(
      double sequence, TokenSequence response, Optional<double[]> tokens) {
    double[] gradient = new double[response.responseLength()];
    Arrays.setAll(gradient, t -> sequence + (tokens.isPresent() ? tokens.get()[t] : 0));
    return gradient;
  }

  private TokenLogps tokens(double[][] tokenLogps) {
    int n = pairs.size();
    List<ReferenceTokens> references =
        known(TokenPair::referenceTokens, "log-probabilities of the reference's tokens");
    return new TokenLogps(
        Arrays.copyOf(tokenLogps, n),
        Arrays.copyOfRange(tokenLogps, n, 2 * n),
        references.stream().map(ReferenceTokens::chosen).toArray(double[][]::new),
        references.stream().map(ReferenceTokens::rejected).toArray(double[][]::new));
  }

  private List<PairRewards> rewards() {
    return known(TokenPair::rewards, "rewards");
  }

  private <T> List<T> known(Function<TokenPair, Optional<T>> detail, String name) {
    return pairs.stream()
        .map(
            pair ->
                detail
                    .apply(pair)
                    .orElseThrow(
                        () ->
                            new IllegalArgumentException(
                                "the objective needs " + name + ", which a pair lacks")))
        .toList();
  }

  private static double[] sums(double[][] rows) {
    return Arrays.stream(rows).mapToDouble(OrderedSum::of).toArray();
  }
}
