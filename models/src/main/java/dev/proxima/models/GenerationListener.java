package dev.proxima.models;

/** Told of each token as it is drawn; called on the thread that generates. */
@FunctionalInterface
public interface GenerationListener {

  /** Lets every response run to its end. */
  GenerationListener NONE = (prompt, response, tokens) -> true;

  /**
   * A response has grown by a token.
   *
   * @param prompt index of its prompt in the call
   * @param response which of the prompt's responses it is
   * @param tokens of the response so far
   * @return whether it goes on; false ends it here
   */
  boolean grown(int prompt, int response, int[] tokens);
}
