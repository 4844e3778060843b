/** What marks messages for the wire and the journal. */
package dev.proxima.actors.serialization;
