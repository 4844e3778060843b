package dev.proxima.models;

/**
 * A preference pair ready for training.
 *
 * @param chosen the preferred response y_w with its prompt
 * @param rejected the dispreferred response y_l with the same prompt
 * @param referenceChosen log pi_t(y_w|x), summed over response tokens, in nats
 * @param referenceRejected log pi_t(y_l|x), likewise
 */
public record TokenPair(
    TokenSequence chosen,
    TokenSequence rejected,
    double referenceChosen,
    double referenceRejected) {}
