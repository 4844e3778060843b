package dev.proxima.experiments.reviews;

/**
 * A request for a review.
 *
 * @param brand such as "Aurora"
 * @param kind such as "desk lamp"
 * @param aspect what the review shall be about, such as "battery"
 * @param text the request as a sentence or two, which names all three
 */
public record ReviewPrompt(String brand, String kind, String aspect, String text) {}
