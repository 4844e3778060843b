package dev.proxima.experiments.run;

/**
 * What to do with a run folder that exists.
 *
 * @param resume continue the run in it from its last completed iteration
 * @param overwrite replace it; never together with {@code resume}
 */
public record RunOptions(boolean resume, boolean overwrite) {

  /** The last line of a run that was stopped. */
  static final String FAREWELL = "Stopped; go on with the same command and --resume.";
}
