/** A run from its configuration to its report. */
package dev.proxima.experiments.run;
