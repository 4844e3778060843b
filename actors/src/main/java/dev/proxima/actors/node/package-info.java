/**
 * A node's actors: its supervisor, one policy, reference and sampler actor per device, preferences
 * and parameters.
 */
package dev.proxima.actors.node;
