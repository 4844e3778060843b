package dev.proxima.experiments;

import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/**
 * The file that {@code logback.xml} writes warnings and errors to: one for temporary files, until a
 * run has a folder.
 */
public final class LogFile {

  private static final String PROPERTY = "proxima.log";
  private static final String LEVEL = "proxima.log.level";

  private LogFile() {}

  /**
   * Sets the file, in a folder that exists, and opens it. To be called before the process asks for
   * its first logger.
   */
  public static void set(Path file) {
    name(file);
    open();
  }

  /** As {@link #set}, for a process whose log also tells who joined, left and took over. */
  static void setForNode(Path file) {
    System.setProperty(LEVEL, "INFO");
    set(file);
  }

  /** Opens the file. Threads that all ask for a first logger would say so on the terminal. */
  public static void open() {
    LoggerFactory.getILoggerFactory();
  }

  private static void name(Path file) {
    System.setProperty(PROPERTY, file.toAbsolutePath().toString());
  }

  /** Sets this user's file in the folder for temporary files. */
  static void setTemporary() {
    String name = "proxima-" + System.getProperty("user.name") + ".log";
    name(Path.of(System.getProperty("java.io.tmpdir"), name));
  }

  static String path() {
    return System.getProperty(PROPERTY);
  }
}
