package dev.proxima.actors.artifacts;

import java.net.URI;
import java.util.Optional;

/**
 * Where in an object store artefacts lie.
 *
 * @param bucket exists already
 * @param prefix of every key, such as "runs/apo/"; may be empty
 * @param endpoint of another object store than Amazon's, such as https://minio.example.org
 * @param region where it is not given, AWS_REGION or the profile says it; with an endpoint any will
 *     do
 * @param pathStyle whether the bucket is named in the path and not in the host name
 */
public record S3Location(
    String bucket,
    String prefix,
    Optional<URI> endpoint,
    Optional<String> region,
    boolean pathStyle) {

  /** What names of buckets match, by the rules of Amazon S3. */
  public static final String BUCKET = "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]";

  /** What prefixes match. */
  public static final String PREFIX = "([A-Za-z0-9._-]+/)*";

  public S3Location {
    if (!bucket.matches(BUCKET)) {
      throw new IllegalArgumentException("not the name of a bucket: '" + bucket + "'");
    }
    if (!prefix.matches(PREFIX)) {
      throw new IllegalArgumentException(
          "not a prefix such as runs/apo/, with a slash at its end: '" + prefix + "'");
    }
  }

  /** The full key of an object, for people. */
  String uri(String key) {
    return "s3://" + bucket + "/" + key;
  }

  @Override
  public String toString() {
    return uri(prefix) + endpoint.map(url -> " at " + url).orElse("");
  }
}
