package dev.proxima.experiments;

import dev.proxima.experiments.terminal.Terminal;

/**
 * What the launcher found standard output to be. It passes {@code -Dproxima.tty} and {@code
 * -Dproxima.columns}, because {@link System#console()} means different things before and after Java
 * 22.
 */
record Screen(boolean tty, int columns, boolean colour) {

  static Screen detect() {
    boolean tty = Boolean.getBoolean("proxima.tty");
    String noColour = System.getenv("NO_COLOR");
    return new Screen(
        tty,
        Integer.getInteger("proxima.columns", 80),
        tty && (noColour == null || noColour.isEmpty()));
  }

  Terminal terminal() {
    return tty ? Terminal.live(System.out, columns, colour) : Terminal.plain(System.out);
  }
}
