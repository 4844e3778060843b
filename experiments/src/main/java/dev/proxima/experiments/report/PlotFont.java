package dev.proxima.experiments.report;

import java.awt.Font;
import java.awt.FontFormatException;
import java.awt.font.FontRenderContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The typeface of the plots, Open Sans, bundled so that plots look alike on every machine and can
 * be drawn on servers and in containers that have no fonts at all.
 */
final class PlotFont {

  private static final Logger LOG = LoggerFactory.getLogger(PlotFont.class);
  private static final String RESOURCE = "/report/OpenSans-Regular.ttf";

  private PlotFont() {}

  /** The typeface, or nothing (and a warning) where this Java cannot draw text. */
  static Optional<Font> find() {
    System.setProperty("java.awt.headless", "true");
    try {
      return Optional.of(load());
    } catch (RuntimeException | Error e) {
      // Without libfontconfig the JDK's font classes fail, by version in one way or another.

      LOG.debug("no system fonts", e);
    }
    try {
      nameOwnFont();
      return Optional.of(load());
    } catch (RuntimeException | Error e) {
      LOG.warn(
          "The report has no plots, since this Java cannot draw text ({}); on Debian and Ubuntu"
              + " 'apt-get install fontconfig fonts-dejavu-core libfreetype6' mends that.",
          e.toString());
      return Optional.empty();
    }
  }

  private static Font load() {
    try (InputStream in = PlotFont.class.getResourceAsStream(RESOURCE)) {
      Font font = Font.createFont(Font.TRUETYPE_FONT, in);
      font.getStringBounds("x", new FontRenderContext(null, true, true));
      return font;
    } catch (FontFormatException e) {
      throw new IllegalStateException(RESOURCE + " is damaged", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Tells the JDK that our font is the only one. Without libfontconfig it would look for a font
   * configuration of its own, which OpenJDK builds do not ship; this names one.
   */
  private static void nameOwnFont() {
    try (InputStream in = PlotFont.class.getResourceAsStream(RESOURCE)) {
      Path folder = Files.createTempDirectory("proxima-font");
      Path font = folder.resolve("OpenSans-Regular.ttf");
      Path configuration = folder.resolve("fontconfig.properties");
      Files.copy(in, font);
      StringBuilder text = new StringBuilder("version=1\nsequence.allfonts=latin-1\n");
      for (String family : List.of("serif", "sansserif", "monospaced", "dialog", "dialoginput")) {
        for (String style : List.of("plain", "bold", "italic", "bolditalic")) {
          text.append(family).append('.').append(style).append(".latin-1=Open_Sans\n");
        }
      }
      text.append("filename.Open_Sans=").append(font).append('\n');
      Files.writeString(configuration, text);
      // Deleted in reverse order: the files before their folder.
      folder.toFile().deleteOnExit();
      font.toFile().deleteOnExit();
      configuration.toFile().deleteOnExit();
      System.setProperty("sun.awt.fontconfig", configuration.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
