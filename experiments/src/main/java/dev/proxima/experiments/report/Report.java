package dev.proxima.experiments.report;

import dev.proxima.models.io.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    AtomicFiles.writeString(folder.resolve(SUMMARY), Summary.json(result));
    List<Plot> plots = Plots.draw(result, outcomes);
    for (Plot plot : plots) {
      AtomicFiles.write(plotFolder.resolve(plot.file()), plot.png());
    }
    AtomicFiles.writeString(folder.resolve(PAGE), new ReportPage(result, outcomes, plots).html());
  }
}
