/**
 * Clusters of real processes in which things go wrong: kill -9, SIGSTOP, a network in two parts, a
 * full disk, torn files, a device that hangs, clocks hours apart. After each fault the run
 * completes, its weights are those of {@code proxima run} to the last byte, the journal holds every
 * result once, and nothing is left behind.
 *
 * <p>Every build runs {@link dev.proxima.tests.faults.ShortFaultsTest}; all of it, an hour or so on
 * Linux with the rights to mount and to make network namespaces, is
 *
 * <pre>{@code mvn verify -Pfaults -pl tests -am [-Dfaults.moments=20]}</pre>
 *
 * which writes {@code tests/target/fault-table.md} anew after each run that was struck. Moments are
 * drawn from seeds, but a machine never runs the same way twice: a failure names the folder with
 * the logs of all nodes.
 */
package dev.proxima.tests.faults;
