package dev.proxima.experiments.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.artifacts.S3Location;
import dev.proxima.experiments.UserError;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArtifactSettingsTest {

  @TempDir private Path folder;

  @Test
  void artefactsLieInTheRunsFolderByDefault() throws IOException {
    ArtifactSettings settings = load("");
    assertThat(settings)
        .isEqualTo(new ArtifactSettings.Folder(Optional.empty(), Duration.ofHours(1)))
        .isEqualTo(ArtifactSettings.DEFAULT);
    assertThat(written(settings.open(folder.resolve("own")))).startsWith(folder.resolve("own"));
  }

  @Test
  void aFolderCanBeShared() throws IOException {
    Path shared = folder.resolve("shared");
    ArtifactSettings settings =
        load("folder = \"%s\", grace = 2 days".formatted(shared.toString().replace("\\", "/")));
    assertThat(settings)
        .isEqualTo(new ArtifactSettings.Folder(Optional.of(shared), Duration.ofDays(2)));
    assertThat(written(settings.open(folder.resolve("own")))).startsWith(shared);
  }

  @Test
  void aBucketNeedsItsNameOnly() throws IOException {
    assertThat(load("store = s3, s3.bucket = models"))
        .isEqualTo(
            new ArtifactSettings.S3(
                new S3Location("models", "", Optional.empty(), Optional.empty(), false),
                Optional.empty(),
                Duration.ofHours(1)));
  }

  @Test
  void anotherObjectStoreIsNamedByItsUrl() throws IOException {
    assertThat(
            load(
                """
                store = s3
                s3 {
                  bucket = models, prefix = "runs/a/", endpoint = "http://127.0.0.1:9000"
                  region = eu-central-1, path-style = true, cache = /var/cache/proxima
                }
                """))
        .isEqualTo(
            new ArtifactSettings.S3(
                new S3Location(
                    "models",
                    "runs/a/",
                    Optional.of(URI.create("http://127.0.0.1:9000")),
                    Optional.of("eu-central-1"),
                    true),
                Optional.of(Path.of("/var/cache/proxima")),
                Duration.ofHours(1)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          store = ftp                                 | artifacts.store = ftp is not accepted; use one of folder, s3
          grace = 0 s                                 | artifacts.grace = "0 s" is not accepted; use a duration above 0
          store = s3                                  | artifacts.s3.bucket = null is not accepted; use the name of a bucket
          store = s3, s3.bucket = A                   | artifacts.s3.bucket = A is not accepted; use the name of a bucket
          store = s3, s3.bucket = abc, s3.prefix = a  | artifacts.s3.prefix = a is not accepted; use a prefix with a slash
          store = s3, s3.bucket = abc, s3.endpoint=x  | artifacts.s3.endpoint = x is not accepted; use a URL such as
          s3.buket = abc                              | unknown key artifacts.s3.buket; did you mean artifacts.s3.bucket?
          """)
  void whatIsNotAcceptedIsNamed(String keys, String message) {
    assertThatThrownBy(() -> load(keys))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message)
        .message()
        .hasLineCount(1);
  }

  private ArtifactSettings load(String keys) throws IOException {
    Path file = folder.resolve("experiment.conf");
    Files.writeString(file, "name = a\nartifacts { " + keys + " }");
    return ExperimentConfig.load(file, Overrides.NONE).artifacts();
  }

  private static Path written(ArtifactStore store) {
    ArtifactId id = JsonArtifacts.write(store, "abc");
    return store.read(id);
  }
}
