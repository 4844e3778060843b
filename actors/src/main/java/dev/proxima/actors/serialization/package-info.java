/**
 * What marks messages for the wire and the journal, and their versions.
 *
 * <p>{@code proxima-versions.conf} names every type that is written by itself; a test finds what is
 * missing there. Processes of different versions may meet for the time of an upgrade, so messages
 * follow the same rule as the journal's events, see {@link dev.proxima.actors.coordinator}: what
 * older programs cannot read, or would misread, raises {@link
 * dev.proxima.actors.serialization.MessageVersion}, whose {@code transform} then makes a present
 * message of an older one.
 */
package dev.proxima.actors.serialization;
