package dev.proxima.experiments.data;

/**
 * Two responses to one prompt and which was preferred.
 *
 * @param chosen the preferred response y_w
 * @param rejected the dispreferred response y_l, different from {@code chosen}
 */
public record PreferencePair(Conversation prompt, String chosen, String rejected) {

  public PreferencePair {
    if (chosen.equals(rejected)) {
      throw new IllegalArgumentException("chosen and rejected are the same text");
    }
  }
}
