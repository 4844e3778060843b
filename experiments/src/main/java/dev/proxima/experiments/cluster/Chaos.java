package dev.proxima.experiments.cluster;

import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.experiments.UserError;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What to kill and when: seeded, so that it can be done again.
 *
 * @param kills how many processes are killed, at least 0
 * @param seed of the draws
 */
public record Chaos(int kills, long seed) {

  public static final Chaos NONE = new Chaos(0, 0);

  private static final Pattern TEXT = Pattern.compile("kills=(\\d{1,4})(?:,seed=(\\d{1,9}))?");
  private static final double SHORTEST_SECONDS = 2;
  private static final double SPREAD_SECONDS = 10;

  /**
   * Reads {@code kills=5,seed=7}.
   *
   * @throws UserError where it is not that
   */
  public static Chaos parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new UserError("--chaos " + text + ": use kills=N,seed=M, as in kills=5,seed=7");
    }
    String seed = matcher.group(2);
    return new Chaos(Integer.parseInt(matcher.group(1)), seed == null ? 0 : Long.parseLong(seed));
  }

  /** Seconds between the kill before, or the start of the run, and this one. */
  double delay(int kill) {
    return SHORTEST_SECONDS
        + SPREAD_SECONDS * RandomStream.of(seed, "chaos-delay", kill).uniform(0);
  }

  /** Which of {@code nodes} is killed. */
  int victim(int kill, int nodes) {
    return (int) (nodes * RandomStream.of(seed, "chaos-victim", kill).uniform(0));
  }
}
