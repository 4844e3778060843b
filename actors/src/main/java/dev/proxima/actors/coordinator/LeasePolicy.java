package dev.proxima.actors.coordinator;

import java.time.Duration;

/**
 * @param timeOut a worker that says nothing for so long has lost its work
 * @param attempts how often one work may fail before the run does, at least 1
 */
public record LeasePolicy(Duration timeOut, int attempts) {}
