/**
 * The event-sourced coordinator of a run: what is to be done next, who is doing it, and the journal
 * of what is done.
 */
package dev.proxima.actors.coordinator;
