/**
 * Experiment configurations: HOCON files laid over {@code defaults.conf}, checked and read into
 * records. The only place that reads configuration.
 */
package dev.proxima.experiments.config;
