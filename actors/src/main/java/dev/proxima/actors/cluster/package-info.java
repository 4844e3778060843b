/**
 * Many nodes as one: the queue of runs, a cluster singleton that hosts the coordinator of the run
 * at work, and the host of each node that serves it.
 */
package dev.proxima.actors.cluster;
