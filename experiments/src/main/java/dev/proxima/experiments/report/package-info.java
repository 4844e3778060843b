/**
 * What a finished run shows: {@code summary.json}, plots, {@code report.html} and the table on the
 * terminal. Everything is computed from one {@link dev.proxima.experiments.report.RunResult}, so it
 * can be made again from the files of a run. {@link dev.proxima.experiments.report.Report} is the
 * way in.
 */
package dev.proxima.experiments.report;
