package dev.proxima.experiments.generation;

import dev.proxima.models.tokenizer.Tokenizer;
import java.util.List;

/** The text of a response as it grows, up to the first stop string in it. */
final class ResponseText {

  /** What a decoder gives for a character whose bytes are not all there yet. */
  private static final char INCOMPLETE = '\uFFFD';

  private final Tokenizer tokenizer;
  private final List<String> stops;
  private int shown;

  ResponseText(Tokenizer tokenizer, List<String> stops) {
    this.tokenizer = tokenizer;
    this.stops = stops;
  }

  /** The text of whole tokens, without what follows a stop string or the string itself. */
  String of(int[] tokens) {
    String text = tokenizer.decode(tokens);
    return text.substring(0, end(text));
  }

  boolean stopsIn(int[] tokens) {
    String text = tokenizer.decode(tokens);
    return end(text) < text.length();
  }

  /**
   * What can be shown since the last call: not the bytes of half a character, nor what may turn out
   * to begin a stop string.
   */
  String next(int[] tokens) {
    String text = of(tokens);
    int safe = text.length();
    while (safe > 0 && text.charAt(safe - 1) == INCOMPLETE) {
      safe--;
    }
    for (String stop : stops) {
      for (int length = Math.min(stop.length() - 1, safe); length > 0; length--) {
        if (text.regionMatches(safe - length, stop, 0, length)) {
          safe -= length;
          break;
        }
      }
    }
    return shown(text, Math.max(shown, safe));
  }

  /** What is left to show when the response has ended. */
  String rest(int[] tokens) {
    String text = of(tokens);
    return shown(text, Math.max(shown, text.length()));
  }

  private String shown(String text, int to) {
    String fresh = shown < text.length() ? text.substring(shown, Math.min(to, text.length())) : "";
    shown = to;
    return fresh;
  }

  private int end(String text) {
    return stops.stream().mapToInt(text::indexOf).filter(at -> at >= 0).min().orElse(text.length());
  }
}
