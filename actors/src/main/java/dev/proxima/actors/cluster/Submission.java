package dev.proxima.actors.cluster;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.serialization.CborSerializable;

/**
 * A run that was given to a cluster, all of it in the artefact store.
 *
 * @param id names the run and its journal
 * @param config its resolved configuration
 * @param data the data and the model's shape, prepared
 * @param folder where its records, report and result go, on storage that every coordinator sees
 */
public record Submission(String id, ArtifactId config, ArtifactId data, String folder)
    implements CborSerializable {}
