package dev.proxima.experiments.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.proxima.experiments.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterConfigTest {

  @TempDir private Path folder;

  @Test
  void withoutAFileAllIsBesideIt() {
    assertThat(ClusterConfig.load(folder.resolve("cluster.conf")))
        .isEqualTo(new ClusterConfig(ArtifactSettings.DEFAULT, new JournalSettings.Embedded()));
  }

  @Test
  void readsStoreAndJournal() throws IOException {
    assertThat(
            load(
                """
                artifacts.grace = 1 day
                journal {
                  plugin = postgresql, url = "jdbc:postgresql://db/proxima"
                  user = proxima, password = secret
                }
                """))
        .isEqualTo(
            new ClusterConfig(
                new ArtifactSettings.Folder(Optional.empty(), Duration.ofDays(1)),
                new JournalSettings.PostgreSql(
                    "jdbc:postgresql://db/proxima",
                    Optional.of("proxima"),
                    Optional.of("secret"))));
  }

  @Test
  void theEmbeddedJournalIsItsFile() {
    assertThat(journal(new JournalSettings.Embedded(), "url"))
        .isEqualTo(
            "jdbc:h2:file:/state/journal;WRITE_DELAY=0;RETENTION_TIME=0;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0");
  }

  @Test
  void postgresqlTakesThePlaceOfTheEmbeddedJournal() {
    JournalSettings postgresql =
        new JournalSettings.PostgreSql("jdbc:postgresql:x", Optional.of("u"), Optional.of("p"));
    assertThat(journal(postgresql, "slick.profile")).isEqualTo("slick.jdbc.PostgresProfile$");
    assertThat(journal(postgresql, "slick.db.driver")).isEqualTo("org.postgresql.Driver");
    assertThat(journal(postgresql, "slick.db.url")).isEqualTo("jdbc:postgresql:x");
    assertThat(journal(postgresql, "slick.db.user")).isEqualTo("u");
    assertThat(journal(postgresql, "slick.db.password")).isEqualTo("p");
    assertThat(postgresql.toString()).isEqualTo("PostgreSql[url=jdbc:postgresql:x, user=u]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          journal.plugin = postgresql    | journal.url = null is not accepted; use a URL such as "jdbc:postgresql:
          journal.plugin = oracle        | journal.plugin = oracle is not accepted; use one of embedded, postgresql
          journal.pasword = x            | unknown key journal.pasword; did you mean journal.password?
          artifacts.bucket = x           | unknown key artifacts.bucket; did you mean artifacts.s3.bucket?
          seed = 1                       | unknown key seed; did you mean
          """)
  void whatIsNotAcceptedIsNamed(String line, String message) {
    assertThatThrownBy(() -> load(line))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message)
        .message()
        .hasLineCount(1);
  }

  private ClusterConfig load(String text) throws IOException {
    Path file = folder.resolve("cluster.conf");
    Files.writeString(file, text);
    return ClusterConfig.load(file);
  }

  private static String journal(JournalSettings settings, String key) {
    Config config =
        settings
            .layer(Path.of("/state/journal"))
            .withFallback(ConfigFactory.parseResources("proxima-actors.conf"))
            .resolve();
    return config.getString("proxima.journal." + key);
  }
}
