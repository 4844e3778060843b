package dev.proxima.actors.coordinator;

import com.typesafe.config.Config;
import dev.proxima.actors.fixtures.ActorConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** A PostgreSQL server of the test's own, in the profile {@code postgres}. */
@Tag("postgres")
class PostgresJournalTest extends JournalContract {

  private static EmbeddedPostgres server;
  private static int databases;

  @BeforeAll
  static void startServer() throws IOException {
    server = EmbeddedPostgres.start();
  }

  @AfterAll
  static void stopServer() throws IOException {
    server.close();
  }

  @Override
  Config journal() {
    String database = "proxima" + databases++;
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + database);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return ActorConfig.postgresql(server.getJdbcUrl("postgres", database), "postgres");
  }
}
