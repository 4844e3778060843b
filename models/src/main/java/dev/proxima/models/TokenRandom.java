package dev.proxima.models;

/** The uniform draws of generation, addressed by what they are for. */
@FunctionalInterface
public interface TokenRandom {

  /**
   * Uniform in [0, 1) for one token.
   *
   * @param prompt index into the prompts given to {@link LanguageModel#generate}
   * @param response 0 .. responses - 1
   * @param position 0 for the first response token
   */
  double uniform(int prompt, int response, int position);
}
