package dev.proxima.experiments.terminal;

/** Where progress is shown. {@link Terminal} calls it from one thread at a time. */
interface Display {

  void stageStarted(Snapshot now);

  void advanced(Snapshot now);

  /** The stage is complete, or another one or the end of the run has cut it short. */
  void stageEnded(Snapshot now);

  void line(String text);

  /** Takes away what is not to stay. */
  void close();
}
