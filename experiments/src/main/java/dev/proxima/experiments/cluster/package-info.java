/**
 * The command line of a cluster: its nodes, its clients, and one on this machine for trying out.
 */
package dev.proxima.experiments.cluster;
