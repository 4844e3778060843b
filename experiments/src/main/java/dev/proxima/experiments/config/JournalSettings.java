package dev.proxima.experiments.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Where the coordinator's journal is kept. */
public sealed interface JournalSettings {

  /**
   * What is laid over the actors' configuration.
   *
   * @param file of the embedded journal
   */
  Config layer(Path file);

  /** In a file, by the database that comes with Proxima. */
  record Embedded() implements JournalSettings {

    @Override
    public Config layer(Path file) {
      return ConfigValueFactory.fromAnyRef(file.toString()).atPath("proxima.journal.file");
    }
  }

  /**
   * In a PostgreSQL database.
   *
   * @param url as JDBC has it
   * @param user where it is not given, the driver's rules say it
   * @param password likewise
   */
  record PostgreSql(String url, Optional<String> user, Optional<String> password)
      implements JournalSettings {

    private static final String LAYER = "proxima-postgresql.conf";

    @Override
    public Config layer(Path file) {
      Map<String, String> values = new HashMap<>(Map.of("proxima.journal.url", url));
      user.ifPresent(name -> values.put("proxima.journal.user", name));
      password.ifPresent(secret -> values.put("proxima.journal.password", secret));
      return ConfigFactory.parseMap(values).withFallback(ConfigFactory.parseResources(LAYER));
    }

    /** Without the password. */
    @Override
    public String toString() {
      return "PostgreSql[url=%s, user=%s]".formatted(url, user.orElse(""));
    }
  }

  /** The values of {@code journal.plugin}. */
  enum Plugin {
    EMBEDDED,
    POSTGRESQL
  }

  static JournalSettings read(Section journal) {
    return switch (journal.choice("plugin", Plugin.class)) {
      case EMBEDDED -> new Embedded();
      case POSTGRESQL ->
          new PostgreSql(
              journal.text(
                  "url",
                  "jdbc:postgresql:.+",
                  "a URL such as \"jdbc:postgresql://db.example.org/proxima\""),
              journal.optional("user", name -> name, "a name, or null"),
              journal.optional("password", secret -> secret, "a text, or null"));
    };
  }
}
