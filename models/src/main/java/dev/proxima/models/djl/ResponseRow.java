package dev.proxima.models.djl;

import dev.proxima.models.SampledResponse;
import java.util.Arrays;

/** A response as it grows. */
final class ResponseRow {

  private final int prompt;
  private final int response;
  private final int padding;
  private int[] tokens = new int[16];
  private int length;
  private double logp;
  private boolean finished;

  /**
   * @param prompt index of its prompt in the call
   * @param response which of the prompt's responses it is
   * @param padding columns before the prompt's first token
   */
  ResponseRow(int prompt, int response, int padding) {
    this.prompt = prompt;
    this.response = response;
    this.padding = padding;
  }

  int prompt() {
    return prompt;
  }

  int response() {
    return response;
  }

  int padding() {
    return padding;
  }

  /** Tokens drawn so far. */
  int length() {
    return length;
  }

  int lastToken() {
    return tokens[length - 1];
  }

  /** Whether the end token was drawn. */
  boolean finished() {
    return finished;
  }

  void append(int token, double tokenLogp, int endToken) {
    if (length == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * length);
    }
    tokens[length++] = token;
    logp += tokenLogp;
    finished = token == endToken;
  }

  SampledResponse sampled() {
    return new SampledResponse(Arrays.copyOf(tokens, length), logp, finished);
  }
}
