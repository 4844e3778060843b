package dev.proxima.experiments.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/**
 * What {@link CoordinatorBenchmark} found.
 *
 * @param atOnce with workers that answer at once
 * @param paced with workers that take time
 * @param events how many events were recovered
 * @param recoverySeconds from the coordinator's start until it knew what to do next
 * @param stateBytes the heap that a coordinator with these events keeps
 */
public record CoordinatorResult(
    CoordinatorBenchmark.Options options,
    Phase atOnce,
    Phase paced,
    int events,
    double recoverySeconds,
    long stateBytes)
    implements BenchmarkResult {

  /**
   * One run.
   *
   * @param works the works that were done
   * @param seconds from the coordinator's start until all were
   * @param cpuSeconds of this process: coordinator, journal and the little that the workers do
   * @param afterAnswer from a worker's answer to its next order, with work ready
   * @param afterReadiness from the answer that made a work ready to its order, with a worker free
   * @param waitingShare the share of all devices' time in which work was ready for them and they
   *     had no order yet
   */
  record Phase(
      long works,
      double seconds,
      double cpuSeconds,
      Waits afterAnswer,
      Waits afterReadiness,
      double waitingShare) {

    double worksPerSecond() {
      return works / seconds;
    }
  }

  @Override
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        line(
            "%d simulated workers on %d nodes, %d works in %d iterations, embedded journal",
            options.workers(), options.nodes(), atOnce.works(), options.iterations()));
    text.append(
        line(
            "%n%-20s %10s %12s %24s %24s %10s",
            "",
            "works/s",
            "CPU ms/work",
            "answer to next order, ms",
            "work ready to order, ms",
            "waiting"));
    text.append(
        line("%-20s %10s %12s %12s %11s %12s %11s", "", "", "", "p50", "p99", "p50", "p99"));
    text.append(row("answers at once", atOnce));
    text.append(row("%.1f s a shard".formatted(options.shard().toNanos() * 1e-9), paced));
    text.append(
        line("%nRecovery of %d events: %.2f s, %.1f MiB", events, recoverySeconds, mebibytes()));
    text.append(
        line(
            "Waiting is the share of all devices' time between being free with work ready for them"));
    text.append(
        line("and their order: what a run loses to its coordinator. Journal and orders included."));
    return text.toString();
  }

  /** Has times in seconds. */
  @Override
  public String json() {
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("simulated_workers", options.workers());
    root.put("nodes", options.nodes());
    root.put("shards", options.shards());
    root.put("iterations", options.iterations());
    root.put("shard_seconds", options.shard().toNanos() * 1e-9);
    put(root.putObject("at_once"), atOnce);
    put(root.putObject("paced"), paced);
    ObjectNode recovery = root.putObject("recovery");
    recovery.put("events", events);
    recovery.put("seconds", recoverySeconds);
    recovery.put("state_bytes", stateBytes);
    return root.toPrettyString();
  }

  private double mebibytes() {
    return stateBytes / (double) (1 << 20);
  }

  private static void put(ObjectNode node, Phase phase) {
    node.put("works", phase.works());
    node.put("seconds", phase.seconds());
    node.put("works_per_second", phase.worksPerSecond());
    node.put("cpu_seconds", phase.cpuSeconds());
    put(node.putObject("answer_to_next_order"), phase.afterAnswer());
    put(node.putObject("ready_to_order"), phase.afterReadiness());
    node.put("waiting_share", phase.waitingShare());
  }

  private static void put(ObjectNode node, Waits waits) {
    node.put("count", waits.count());
    node.put("p50", waits.median());
    node.put("p99", waits.p99());
  }

  private static String row(String name, Phase phase) {
    return line(
        "%-20s %10.0f %12.2f %12.2f %11.2f %12.2f %11.2f %9.3f%%",
        name,
        phase.worksPerSecond(),
        1e3 * phase.cpuSeconds() / phase.works(),
        1e3 * phase.afterAnswer().median(),
        1e3 * phase.afterAnswer().p99(),
        1e3 * phase.afterReadiness().median(),
        1e3 * phase.afterReadiness().p99(),
        1e2 * phase.waitingShare());
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values).stripTrailing() + "\n";
  }
}
