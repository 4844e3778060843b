/**
 * Preference objectives as functions from log-probabilities to a loss and its gradient. A new one
 * is a record in a file of its own and a line in {@code Objectives}; where the loss of a pair
 * depends on that pair alone, it need only write the equation, and {@code Dual} differentiates it.
 *
 * <p>Everywhere pi is the policy, pi_t the reference, which is the policy that sampled, y_w the
 * chosen and y_l the rejected response, and r = beta log (pi / pi_t) the implicit reward. "APO" is
 * accelerated preference optimisation; the anchored preference optimisation that others abbreviate
 * so is {@code AnchoredZero} and {@code AnchoredDown}.
 *
 * <p>Not here, since they are no functions of a pair's log-probabilities under policy and sampler:
 * Nash-MD and EGPO, which sample from another policy than the reference (a mixture, an
 * extra-gradient point), and XPO, whose bonus is on samples of a fixed policy that is not the
 * sampler.
 */
package dev.proxima.algorithms.objective;
