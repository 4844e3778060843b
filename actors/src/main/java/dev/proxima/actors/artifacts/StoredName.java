package dev.proxima.actors.artifacts;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where in a store an artefact lies: below its first two digits, so that no folder gets too full.
 */
final class StoredName {

  private static final Pattern NAME = Pattern.compile("([0-9a-f]{2})/(\\1[0-9a-f]{62})");

  private StoredName() {}

  static String of(ArtifactId id) {
    return id.sha256().substring(0, 2) + "/" + id.sha256();
  }

  /** The artefact that lies at {@code name}; empty for what is no artefact. */
  static Optional<ArtifactId> parse(String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches() ? Optional.of(new ArtifactId(matcher.group(2))) : Optional.empty();
  }
}
