package dev.proxima.algorithms.preference;

/**
 * Two responses to one prompt that become a preference pair.
 *
 * @param chosen index of the preferred response
 * @param rejected index of the other one
 */
public record Pairing(int chosen, int rejected) {

  public Pairing {
    if (chosen < 0 || rejected < 0 || chosen == rejected) {
      throw new IllegalArgumentException(
          "a pairing needs two different responses, not " + chosen + " and " + rejected);
    }
  }
}
