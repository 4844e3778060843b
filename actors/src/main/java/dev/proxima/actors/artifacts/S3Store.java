package dev.proxima.actors.artifacts;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Artefacts as objects of an S3 bucket, each under its name's first two digits as in a folder, with
 * a folder of this machine for those that were written or read here. That folder may be shared by
 * processes, and deleted while none of them runs.
 */
public final class S3Store implements ArtifactStore {

  private static final int PART_BYTES = 16 << 20;

  private final S3Location location;
  private final S3Bucket bucket;
  private final FolderStore cache;

  /**
   * Opens the store; credentials are found as the AWS SDK finds them (environment, profile,
   * instance role).
   *
   * @param cache folder of this machine, created where it is missing
   * @throws ArtifactException where there is no such bucket, or it is not for us
   * @throws java.io.UncheckedIOException where the object store does not answer
   */
  public S3Store(S3Location location, Path cache) {
    this(location, cache, PART_BYTES);
  }

  S3Store(S3Location location, Path cache, int partBytes) {
    this.location = location;
    this.cache = new FolderStore(cache);
    this.bucket = new S3Bucket(location, partBytes);
    bucket.now();
  }

  @Override
  public ArtifactId write(Consumer<Path> writer) {
    ArtifactId id = cache.write(writer);
    bucket.upload(key(id), cache.read(id));
    return id;
  }

  @Override
  public Path read(ArtifactId id) {
    return cache.find(id).orElseGet(() -> download(id));
  }

  @Override
  public Manifest manifest(ArtifactId id) {
    read(id);
    return cache.manifest(id);
  }

  @Override
  public Reclaimed retain(Set<ArtifactId> live, Duration grace) {
    Instant youngest = bucket.now().minus(grace);
    Reclaimed reclaimed =
        bucket
            .list()
            .filter(object -> isOld(object.lastModified(), youngest))
            .filter(object -> idOf(object.key()).filter(id -> !live.contains(id)).isPresent())
            .map(object -> deleteOlder(object, youngest))
            .reduce(Reclaimed.NOTHING, Reclaimed::plus);
    bucket
        .unfinished()
        .filter(upload -> isOld(upload.initiated(), youngest))
        .filter(upload -> idOf(upload.key()).isPresent())
        .forEach(upload -> bucket.abort(upload.key(), upload.uploadId()));
    cache.retain(live, grace);
    return reclaimed;
  }

  @Override
  public void close() {
    bucket.close();
  }

  private Path download(ArtifactId id) {
    cache.write(
        file -> bucket.download(key(id), file),
        found -> {
          if (!found.equals(id)) {
            throw new ArtifactException(
                location.uri(key(id))
                    + " has a wrong checksum ("
                    + found.sha256().substring(0, 12)
                    + "...): restore it from a backup or start the run anew");
          }
        });
    return cache.read(id);
  }

  /** The age is looked at again, since the object may have been written since it was listed. */
  private Reclaimed deleteOlder(S3Object object, Instant youngest) {
    if (bucket.written(object.key()).filter(time -> isOld(time, youngest)).isEmpty()) {
      return Reclaimed.NOTHING;
    }
    bucket.delete(object.key());
    return new Reclaimed(1, object.size());
  }

  private static boolean isOld(Instant written, Instant youngest) {
    return !written.isAfter(youngest);
  }

  /** The artefact that an object is, if it is one. */
  private Optional<ArtifactId> idOf(String key) {
    return StoredName.parse(key.substring(location.prefix().length()));
  }

  private String key(ArtifactId id) {
    return location.prefix() + StoredName.of(id);
  }
}
