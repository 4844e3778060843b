package dev.proxima.experiments;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code proxima doctor}. */
@Command(
    name = "doctor",
    description = "Shows what Proxima finds on this machine; status 1 where something is wrong.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class DoctorCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    List<Diagnosis> diagnoses = Doctor.examine();
    int width = diagnoses.stream().mapToInt(each -> each.name().length()).max().orElse(0);
    PrintWriter out = spec.commandLine().getOut();
    for (Diagnosis each : diagnoses) {
      String mark = each.well() ? "ok   " : "WRONG";
      out.printf("%s  %-" + width + "s  %s%n", mark, each.name(), each.finding());
    }
    return diagnoses.stream().allMatch(Diagnosis::well) ? ExitStatus.OK : ExitStatus.FAILED;
  }
}
