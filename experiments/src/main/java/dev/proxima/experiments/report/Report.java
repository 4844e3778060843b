package dev.proxima.experiments.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Writes what a finished run shows into its folder. */
public final class Report {

  /** The page to look at. */
  public static final String PAGE = "report.html";

  /** The numbers to compute with. */
  public static final String SUMMARY = "summary.json";

  /** The folder of the plots as PNG files. */
  public static final String PLOTS = "plots";

  private Report() {}

  /**
   * Writes {@code summary.json}, {@code plots/*.png} and {@code report.html}. Where this Java
   * cannot draw text the plots are left out, with a warning.
   *
   * @param folder the run's folder; made where it does not exist
   */
  public static void write(RunResult result, Path folder) throws IOException {
    Outcomes outcomes = new Outcomes(result);
    Path plotFolder = Files.createDirectories(folder.resolve(PLOTS));
    write(folder.resolve(SUMMARY), Summary.json(result).getBytes(StandardCharsets.UTF_8));
    List<Plot> plots = Plots.draw(result, outcomes);
    for (Plot plot : plots) {
      write(plotFolder.resolve(plot.file()), plot.png());
    }
    String html = new ReportPage(result, outcomes, plots).html();
    write(folder.resolve(PAGE), html.getBytes(StandardCharsets.UTF_8));
  }

  /** Beside and renamed, so that a reader never sees half a file. */
  private static void write(Path file, byte[] bytes) throws IOException {
    Path beside = file.resolveSibling(file.getFileName() + ".part");
    Files.write(beside, bytes);
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
