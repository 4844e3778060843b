/** What a run shows while it runs: a status line on a terminal, plain lines where piped. */
package dev.proxima.experiments.terminal;
