package dev.proxima.experiments.config;

import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.FolderStore;
import dev.proxima.actors.artifacts.S3Location;
import dev.proxima.actors.artifacts.S3Store;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Where artefacts are kept. */
public sealed interface ArtifactSettings {

  /** In the run's own folder. */
  ArtifactSettings DEFAULT = new Folder(Optional.empty(), Duration.ofHours(1));

  /** How old an artefact that no journal names must be to be garbage. */
  Duration grace();

  /** Whether no other run than the one that opens it can be in the store. */
  default boolean isTheRunsOwn() {
    return this instanceof Folder folder && folder.folder().isEmpty();
  }

  /**
   * Opens the store.
   *
   * @param own the folder of this run or node, for what has no folder in the configuration
   * @throws dev.proxima.actors.artifacts.ArtifactException where the user can mend what is wrong
   * @throws java.io.UncheckedIOException where an object store does not answer
   */
  ArtifactStore open(Path own);

  /**
   * In a folder.
   *
   * @param folder that all nodes share; empty for one of the run's own
   */
  record Folder(Optional<Path> folder, Duration grace) implements ArtifactSettings {

    @Override
    public ArtifactStore open(Path own) {
      return new FolderStore(folder.orElse(own));
    }
  }

  /**
   * In an object store.
   *
   * @param cache folder of each node; empty for the run's own
   */
  record S3(S3Location location, Optional<Path> cache, Duration grace) implements ArtifactSettings {

    @Override
    public ArtifactStore open(Path own) {
      return new S3Store(location, cache.orElse(own));
    }
  }

  /** The values of {@code artifacts.store}. */
  enum Kind {
    FOLDER,
    S3
  }

  /** Reads the keys of the kind that {@code artifacts.store} names. */
  static ArtifactSettings read(Section artifacts) {
    Duration grace = artifacts.duration("grace");
    return switch (artifacts.choice("store", Kind.class)) {
      case FOLDER ->
          new Folder(artifacts.optionalFile("folder", "the path of a folder, or null"), grace);
      case S3 -> {
        Section s3 = artifacts.section("s3");
        yield new S3(
            location(s3), s3.optionalFile("cache", "the path of a folder, or null"), grace);
      }
    };
  }

  private static S3Location location(Section s3) {
    return new S3Location(
        s3.text(
            "bucket",
            S3Location.BUCKET,
            "the name of a bucket that exists, as in --set artifacts.s3.bucket=NAME"),
        s3.text("prefix", S3Location.PREFIX, "a prefix with a slash at its end such as runs/apo/"),
        s3.optional(
            "endpoint",
            ArtifactSettings::endpoint,
            "a URL such as https://minio.example.org, or null"),
        s3.optional("region", region -> region, "a region such as eu-central-1, or null"),
        s3.flag("path-style"));
  }

  private static URI endpoint(String text) {
    URI url = URI.create(text);
    if (url.getHost() == null || !text.matches("https?://.*")) {
      throw new IllegalArgumentException(text);
    }
    return url;
  }
}
