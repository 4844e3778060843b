package dev.proxima.actors.artifacts;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.nio2blob.Nio2BlobApiMetadata;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;
import org.jclouds.blobstore.domain.Blob;
import org.jclouds.blobstore.domain.MultipartUpload;
import org.jclouds.blobstore.domain.StorageMetadata;
import org.jclouds.blobstore.options.ListContainerOptions;
import org.jclouds.blobstore.options.PutOptions;

/**
 * S3Proxy on the loopback interface, its objects in memory, which checks signatures; and what lies
 * in it, seen from inside. Its credentials are given to this process as the AWS SDK looks for them.
 */
final class S3Server implements AutoCloseable {

  private static final String IDENTITY = "aws.accessKeyId";
  private static final String SECRET = "aws.secretAccessKey";

  private final BlobStoreContext context;
  private final BlobStore blobs;
  private final S3Proxy proxy;

  /**
   * @param mostBytes a larger object is accepted only in parts
   */
  S3Server(long mostBytes) throws Exception {
    context =
        ContextBuilder.newBuilder(new Nio2BlobApiMetadata())
            .credentials("unused", "unused")
            .build(BlobStoreContext.class);
    blobs = context.getBlobStore();
    proxy =
        S3Proxy.builder()
            .blobStore(blobs)
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V4, "key", "secret")
            .maxSinglePartObjectSize(mostBytes)
            .build();
    proxy.start();
    System.setProperty(IDENTITY, "key");
    giveSecret("secret");
  }

  /** What this process signs its requests with from now on. */
  static void giveSecret(String secret) {
    System.setProperty(SECRET, secret);
  }

  void createBucket(String bucket) {
    blobs.createContainerInLocation(null, bucket);
  }

  S3Location location(String bucket, String prefix) {
    URI endpoint = URI.create("http://127.0.0.1:" + proxy.getPort());
    return new S3Location(bucket, prefix, Optional.of(endpoint), Optional.empty(), true);
  }

  List<String> keys(String bucket) {
    return blobs.list(bucket, ListContainerOptions.Builder.recursive()).stream()
        .map(StorageMetadata::getName)
        .toList();
  }

  void put(String bucket, String key, String content) {
    blobs.putBlob(bucket, blob(key, content));
  }

  /** An upload in parts whose writer died after the first. */
  void beginUpload(String bucket, String key) {
    Blob half = blob(key, "half");
    MultipartUpload upload =
        blobs.initiateMultipartUpload(bucket, half.getMetadata(), new PutOptions());
    blobs.uploadMultipartPart(upload, 1, half.getPayload());
    // S3Proxy knows an upload by an object of its name.
    put(bucket, upload.id(), "");
  }

  long unfinishedUploads(String bucket, String prefix) {
    return blobs.listMultipartUploads(bucket).stream()
        .filter(upload -> upload.blobName().startsWith(prefix))
        .count();
  }

  private Blob blob(String key, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    return blobs.blobBuilder(key).payload(bytes).contentLength(bytes.length).build();
  }

  @Override
  public void close() throws Exception {
    System.clearProperty(IDENTITY);
    System.clearProperty(SECRET);
    proxy.stop();
    context.close();
  }
}
