/**
 * A run: what it depends on, its supervisor, what it tells whoever watches, and what its iterations
 * leave.
 */
package dev.proxima.actors.run;
