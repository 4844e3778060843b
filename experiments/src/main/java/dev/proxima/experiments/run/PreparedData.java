package dev.proxima.experiments.run;

/**
 * The data of a run, tokenised and stored.
 *
 * @param description one line on what was prepared
 */
record PreparedData(PreparedRun run, String description) {}
