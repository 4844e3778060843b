package dev.proxima.experiments.trl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** A tiny model, its data and what TRL makes of them; see the scripts beside the files. */
public final class TrlFixtures {

  public static final Path MODEL = path("model");
  public static final Path REWARD_MODEL = path("reward-model");
  public static final Path PAIRS = path("pairs.jsonl");
  public static final Path MARGINS = path("margins.jsonl");
  public static final Path CHATS = path("chats.jsonl");

  private TrlFixtures() {}

  public static JsonNode json(String name) {
    try {
      return new ObjectMapper().readTree(path(name).toFile());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Path path(String name) {
    try {
      return Path.of(TrlFixtures.class.getResource(name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
