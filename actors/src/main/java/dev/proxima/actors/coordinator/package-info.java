/**
 * The event-sourced coordinator of a run: what is to be done next, who is doing it, and the journal
 * of what is done.
 *
 * <p>Before you change a {@link dev.proxima.actors.coordinator.CoordinatorEvent}, or {@link
 * dev.proxima.actors.work.Work} and {@link dev.proxima.actors.work.Output} inside it: journals that
 * any earlier version wrote must go on.
 *
 * <ul>
 *   <li>A component that may be missing (null, as {@code Output.heldOut} in old journals) is no new
 *       version, where an older program loses nothing by not knowing it.
 *   <li>Anything else is: a type or a component that is new, renamed, removed or means something
 *       else. Raise {@link dev.proxima.actors.coordinator.JournalVersion} and have its {@code
 *       transform} make a present event of the JSON of each older version. A type that has gone
 *       keeps a line in {@code proxima-versions.conf} and gets its successor's name in {@code
 *       transformClassName}.
 *   <li>A work is done again when the plan asks for it by another name than the journal has: a new
 *       component of a work needs a value for old journals that equals what the plan says.
 *   <li>Write {@code journal-N.txt} with the test class {@code JournalFixture} for the new version
 *       and leave the others as they are: the test reads all of them.
 *   <li>Nothing has been released yet, and until then all of this is version 1, whose {@code
 *       journal-1.txt} is written anew.
 * </ul>
 *
 * A program that finds events of a later version than its own ends the run in one line and leaves
 * the journal as it was. The same holds for {@code RunQueueEvent} and {@code QueueJournalVersion}
 * of the queue of runs, but that the node leaves its cluster, where a newer one may take over.
 */
package dev.proxima.actors.coordinator;
