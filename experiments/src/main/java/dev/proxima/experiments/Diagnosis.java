package dev.proxima.experiments;

import dev.proxima.algorithms.text.FirstLine;
import java.util.concurrent.Callable;

/**
 * One thing that {@code proxima doctor} looked at.
 *
 * @param name what was looked at
 * @param well whether it is as it must be
 * @param finding what was found, or what is wrong with it
 */
record Diagnosis(String name, boolean well, String finding) {

  static Diagnosis well(String name, String finding) {
    return new Diagnosis(name, true, finding);
  }

  /** What {@code check} finds; what it throws, missing libraries included, is the trouble. */
  static Diagnosis of(String name, Callable<String> check) {
    try {
      return well(name, check.call());
    } catch (Exception | LinkageError e) {
      return new Diagnosis(name, false, FirstLine.of(e.toString()));
    }
  }
}
