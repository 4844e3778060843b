package dev.proxima.experiments.bench;

/** What a benchmark measured. */
public interface BenchmarkResult {

  /** A table for people. */
  String text();

  /** The same as JSON. */
  String json();
}
