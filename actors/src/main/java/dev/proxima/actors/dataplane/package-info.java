/**
 * Moves artefacts between nodes at the network's speed, beside the actors and their heartbeats: own
 * sockets, own threads, buffers of a fixed size. See {@link
 * dev.proxima.actors.dataplane.DataPlane}. Nodes that train together join a ring here, over which
 * gradients go from tensor to tensor.
 */
package dev.proxima.actors.dataplane;
