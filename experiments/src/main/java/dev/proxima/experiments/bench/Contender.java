package dev.proxima.experiments.bench;

/** Somebody who does workloads on the same model. */
interface Contender extends AutoCloseable {

  /** The name and version to show. */
  String name();

  /** Does the workload once and returns the tokens per second that it reached. */
  double tokensPerSecond(Workload workload);

  /** Counts {@link #peakMemory} anew. */
  void forgetPeakMemory();

  /** The most memory that its process has held since, in bytes; 0 where that is not known. */
  long peakMemory();

  @Override
  void close();
}
