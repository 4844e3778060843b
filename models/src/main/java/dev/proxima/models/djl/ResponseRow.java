package dev.proxima.models.djl;

import dev.proxima.models.SampledResponse;
import java.util.Arrays;

/** A response as it grows. */
final class ResponseRow {

  private final int prompt;
  private final int response;
  private final int[] promptTokens;
  private int[] tokens = new int[16];
  private int length;
  private double[] tokenLogps = new double[16];
  private boolean ended;

  /**
   * @param prompt index of its prompt in the call
   * @param response which of the prompt's responses it is
   */
  ResponseRow(int prompt, int response, int[] promptTokens) {
    this.prompt = prompt;
    this.response = response;
    this.promptTokens = promptTokens;
  }

  int prompt() {
    return prompt;
  }

  int response() {
    return response;
  }

  int[] promptTokens() {
    return promptTokens;
  }

  /** Tokens drawn so far. */
  int length() {
    return length;
  }

  int lastToken() {
    return tokens[length - 1];
  }

  /** Where the last token stands in the whole sequence. */
  int lastPosition() {
    return promptTokens.length + length - 1;
  }

  int[] tokens() {
    return Arrays.copyOf(tokens, length);
  }

  void append(int token, double tokenLogp) {
    if (length == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * length);
      tokenLogps = Arrays.copyOf(tokenLogps, 2 * length);
    }
    tokenLogps[length] = tokenLogp;
    tokens[length++] = token;
  }

  /** Marks it as complete: by an end token, or because somebody wants no more. */
  void end() {
    ended = true;
  }

  boolean ended() {
    return ended;
  }

  SampledResponse sampled() {
    return new SampledResponse(tokens(), Arrays.copyOf(tokenLogps, length), ended);
  }
}
