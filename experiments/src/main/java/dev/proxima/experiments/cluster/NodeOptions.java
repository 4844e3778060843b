package dev.proxima.experiments.cluster;

import dev.proxima.models.ComputeDevice;
import java.nio.file.Path;
import java.util.List;

/**
 * A node of a cluster.
 *
 * @param roles {@code coordinator}, {@code worker} or both
 * @param host the name or address by which the other nodes reach this one
 * @param port where it listens; 0 for a free one
 * @param seedNodes {@code host:port} of nodes to join by, the same list in the same order on all
 * @param state a folder that all nodes share: artefacts, journal, runs
 * @param cache a folder of this node alone, for parameters that it has pulled
 * @param devices of a worker, one slot each
 */
public record NodeOptions(
    List<String> roles,
    String host,
    int port,
    List<String> seedNodes,
    Path state,
    Path cache,
    List<ComputeDevice> devices) {}
