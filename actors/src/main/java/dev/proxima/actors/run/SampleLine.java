package dev.proxima.actors.run;

/**
 * One response to a held-out prompt: a line of {@code samples.jsonl}.
 *
 * @param reward its reward, or null where the run has none
 */
public record SampleLine(
    String method,
    int iteration,
    PolicyEvaluation.Policy policy,
    String prompt,
    String response,
    Double reward) {}
