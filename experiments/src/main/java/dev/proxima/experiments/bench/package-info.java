/** Benchmarks that anyone can run, side by side with a Python peer where one is given. */
package dev.proxima.experiments.bench;
