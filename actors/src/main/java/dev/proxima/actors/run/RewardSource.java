package dev.proxima.actors.run;

import dev.proxima.actors.artifacts.ArtifactId;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A reward model as the source of preferences.
 *
 * @param files of its folder by name, as artefacts
 * @param conversational whether it reads prompts and responses as turns of a conversation, else as
 *     text
 */
public record RewardSource(SortedMap<String, ArtifactId> files, boolean conversational) {

  public RewardSource {
    files = new TreeMap<>(files);
  }
}
