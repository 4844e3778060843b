package dev.proxima.models;

import java.util.Arrays;

/**
 * A prompt followed by its response, as token ids.
 *
 * @param tokens prompt then response, shape [promptLength + responseLength]
 * @param promptLength number of prompt tokens, at least 1 and less than {@code tokens.length}: the
 *     first response token is predicted from the last prompt token
 */
public record TokenSequence(int[] tokens, int promptLength) {

  public TokenSequence {
    if (promptLength < 1 || promptLength >= tokens.length) {
      throw new IllegalArgumentException(
          "a sequence needs at least one prompt and one response token, not "
              + promptLength
              + " and "
              + (tokens.length - promptLength));
    }
  }

  /** Joins a prompt and a response. */
  public static TokenSequence of(int[] prompt, int[] response) {
    int[] tokens = Arrays.copyOf(prompt, prompt.length + response.length);
    System.arraycopy(response, 0, tokens, prompt.length, response.length);
    return new TokenSequence(tokens, prompt.length);
  }

  /** The number of response tokens, at least 1. */
  public int responseLength() {
    return tokens.length - promptLength;
  }
}
