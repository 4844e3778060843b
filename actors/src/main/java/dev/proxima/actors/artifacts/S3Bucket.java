package dev.proxima.actors.artifacts;

import dev.proxima.algorithms.text.FirstLine;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Files as the objects of a bucket. Large ones are uploaded in parts, and appear when all parts are
 * there; every part carries its MD5, so that none arrives damaged. The SDK retries what may pass.
 */
final class S3Bucket implements AutoCloseable {

  private static final int MOST_PARTS = 10_000;
  private static final int NOT_FOUND = 404;
  private static final int SERVER_ERRORS = 500;

  private final S3Location location;
  private final int partBytes;
  private final S3Client client;

  /**
   * @param partBytes size of the parts that a larger file is uploaded in; at least 5 MiB by the
   *     protocol but for the last
   */
  S3Bucket(S3Location location, int partBytes) {
    this.location = location;
    this.partBytes = partBytes;
    this.client = client(location);
  }

  private static S3Client client(S3Location location) {
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .forcePathStyle(location.pathStyle())
            // Artefacts have checksums of their own, and not every object store knows the SDK's.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
    location.endpoint().ifPresent(builder::endpointOverride);
    location
        .region()
        .or(() -> location.endpoint().map(any -> Region.US_EAST_1.id()))
        .map(Region::of)
        .ifPresent(builder::region);
    return explained(location.toString(), builder::build);
  }

  /**
   * The time by the object store's own clock.
   *
   * @throws ArtifactException where there is no such bucket, or it is not for us
   */
  Instant now() {
    return explained(
        location.uri(""),
        () ->
            client
                .headBucket(request -> request.bucket(location.bucket()))
                .sdkHttpResponse()
                .firstMatchingHeader("Date")
                .map(date -> ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME))
                .map(ZonedDateTime::toInstant)
                .orElseThrow());
  }

  /** Makes {@code key} an object with the content of {@code file}. */
  void upload(String key, Path file) {
    explained(
        location.uri(key),
        () -> {
          try (InputStream bytes = Files.newInputStream(file)) {
            long size = Files.size(file);
            if (size <= partBytes) {
              put(key, bytes.readAllBytes());
            } else {
              putInParts(key, bytes, (int) Math.max(partBytes, size / (MOST_PARTS - 1)));
            }
          } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
          }
          return key;
        });
  }

  /**
   * Writes an object's content to {@code file}, which does not exist yet.
   *
   * @throws ArtifactException where there is no such object
   */
  void download(String key, Path file) {
    explained(
        location.uri(key),
        () ->
            client.getObject(
                request -> request.bucket(location.bucket()).key(key),
                ResponseTransformer.toFile(file)));
  }

  /** All objects below the prefix, in the order of their keys. */
  Stream<S3Object> list() {
    return explained(
        location.toString(),
        () ->
            client
                .listObjectsV2Paginator(
                    request -> request.bucket(location.bucket()).prefix(location.prefix()))
                .contents()
                .stream());
  }

  /** The uploads in parts below the prefix that were begun and not ended. */
  Stream<MultipartUpload> unfinished() {
    return explained(
        location.toString(),
        () ->
            client
                .listMultipartUploadsPaginator(
                    request -> request.bucket(location.bucket()).prefix(location.prefix()))
                .uploads()
                .stream());
  }

  /** When an object was last written; empty where there is none. */
  Optional<Instant> written(String key) {
    return explained(
        location.uri(key),
        () -> {
          try {
            return Optional.of(
                client
                    .headObject(request -> request.bucket(location.bucket()).key(key))
                    .lastModified());
          } catch (NoSuchKeyException e) {
            return Optional.empty();
          }
        });
  }

  void delete(String key) {
    explained(
        location.uri(key),
        () -> client.deleteObject(request -> request.bucket(location.bucket()).key(key)));
  }

  /** Ends an upload without an object. */
  void abort(String key, String upload) {
    explained(
        location.uri(key),
        () -> {
          try {
            client.abortMultipartUpload(
                request -> request.bucket(location.bucket()).key(key).uploadId(upload));
          } catch (NoSuchUploadException e) {
            // Its writer has just ended it.
          }
          return upload;
        });
  }

  @Override
  public void close() {
    client.close();
  }

  private void put(String key, byte[] bytes) {
    client.putObject(
        request -> request.bucket(location.bucket()).key(key).contentMD5(md5(bytes)),
        RequestBody.fromBytes(bytes));
  }

  private void putInParts(String key, InputStream bytes, int size) throws IOException {
    String upload =
        client
            .createMultipartUpload(request -> request.bucket(location.bucket()).key(key))
            .uploadId();
    try {
      List<CompletedPart> parts = new ArrayList<>();
      byte[] part = bytes.readNBytes(size);
      while (part.length > 0) {
        parts.add(putPart(key, upload, parts.size() + 1, part));
        part = bytes.readNBytes(size);
      }
      client.completeMultipartUpload(
          request ->
              request
                  .bucket(location.bucket())
                  .key(key)
                  .uploadId(upload)
                  .multipartUpload(completed -> completed.parts(parts)));
    } catch (IOException | RuntimeException e) {
      abandon(key, upload, e);
      throw e;
    }
  }

  private void abandon(String key, String upload, Exception cause) {
    try {
      abort(key, upload);
    } catch (ArtifactException | UncheckedIOException e) {
      // What is left of it is collected one day.
      cause.addSuppressed(e);
    }
  }

  private CompletedPart putPart(String key, String upload, int number, byte[] part) {
    String tag =
        client
            .uploadPart(
                request ->
                    request
                        .bucket(location.bucket())
                        .key(key)
                        .uploadId(upload)
                        .partNumber(number)
                        .contentMD5(md5(part)),
                RequestBody.fromBytes(part))
            .eTag();
    return CompletedPart.builder().partNumber(number).eTag(tag).build();
  }

  private static String md5(byte[] bytes) {
    try {
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has MD5", e);
    }
  }

  /** Does {@code call}, with one line that names {@code what} where it fails. */
  private static <T> T explained(String what, Supplier<T> call) {
    try {
      return call.get();
    } catch (S3Exception e) {
      throw explanation(what, e);
    } catch (SdkException e) {
      throw new UncheckedIOException(what + ": " + FirstLine.of(e), new IOException(e));
    }
  }

  private static RuntimeException explanation(String what, S3Exception e) {
    if (e instanceof NoSuchKeyException) {
      return new ArtifactException(
          what + " is missing; restore it from a backup or start the run anew");
    }
    if (e.statusCode() == NOT_FOUND) {
      return new ArtifactException(what + ": there is no such bucket; create it");
    }
    String line = what + ": " + FirstLine.of(e);
    return e.statusCode() < SERVER_ERRORS
        ? new ArtifactException(line + "; check credentials and settings of artifacts.s3")
        : new UncheckedIOException(line, new IOException(e));
  }
}
