package dev.proxima.algorithms.objective;

/** What only some objectives need to know of a pair. */
public enum PairDetail {
  /** The log-probabilities of single tokens, of policy and reference: {@link TokenLogps}. */
  TOKEN_LOGPS,
  /** How concentrated the policy is where it predicts: {@link Collisions}. */
  COLLISIONS,
  /** The rewards of the two responses: {@link PairRewards}. */
  REWARDS
}
