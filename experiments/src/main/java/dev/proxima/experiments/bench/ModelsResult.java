package dev.proxima.experiments.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.TrainingMemory;
import dev.proxima.models.djl.MachinePeak;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What {@link ModelsBenchmark} found.
 *
 * @param threads threads of one operation
 * @param parameters the model's parameters
 * @param lines one for each workload
 * @param counted what Proxima's training step holds, by count
 */
public record ModelsResult(
    MachinePeak peak,
    int threads,
    long parameters,
    ModelConfig config,
    List<Line> lines,
    TrainingMemory counted)
    implements BenchmarkResult {

  /**
   * One workload.
   *
   * @param floor tokens per second at the machine's peak
   * @param rates tokens per second of each round, by contender, Proxima first
   * @param peakMemory most bytes that a contender's process held meanwhile; 0 where not known
   */
  public record Line(
      String workload,
      double floor,
      Map<String, List<Double>> rates,
      Map<String, Long> peakMemory) {

    double median(String contender) {
      return Median.of(rates.get(contender));
    }
  }

  @Override
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        line(
            "Machine: %.0f GFLOP/s in a float32 matrix product, %.1f GB/s read from memory, %d threads",
            peak.flops() * 1e-9, peak.bytes() * 1e-9, threads));
    text.append(
        line(
            "Model:   %.1fM parameters, width %d, %d layers, float32",
            parameters * 1e-6, config.hiddenSize(), config.layers()));
    text.append('\n');
    text.append(
        line(
            "%-20s %-34s %12s %14s %10s %10s",
            "", "", "tokens/s", "share of floor", "peak MiB", "ratio"));
    for (Line each : lines) {
      Iterator<String> names = each.rates().keySet().iterator();
      String first = names.next();
      text.append(row(each, each.workload(), first, ""));
      while (names.hasNext()) {
        String name = names.next();
        text.append(
            row(each, "", name, "x %.2f".formatted(each.median(first) / each.median(name))));
      }
    }
    text.append(
        line(
            "\nTo train, Proxima holds %.0f MiB by count: parameters %.0f, gradients %.0f, optimiser %.0f,"
                + " tape %.0f, in passing %.0f.",
            mib(counted.total()),
            mib(counted.parameters()),
            mib(counted.gradients()),
            mib(counted.optimiser()),
            mib(counted.tape()),
            mib(counted.passing())));
    text.append(
        "Peak is the most that the whole process held meanwhile (resident set); Proxima's has the model"
            + " twice, frozen and in training,\nand what earlier lines left with the allocator, as in the"
            + " peer's.\n");
    text.append(
        "Medians of the rounds. The floor is the time at the machine's peak rates above.\n");
    return text.toString();
  }

  /** Has every round. */
  @Override
  public String json() {
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("gemm_flops_per_second", peak.flops());
    root.put("memory_bytes_per_second", peak.bytes());
    root.put("threads", threads);
    root.put("parameters", parameters);
    ArrayNode all = root.putArray("workloads");
    for (Line each : lines) {
      ObjectNode node = all.addObject();
      node.put("workload", each.workload());
      node.put("floor_tokens_per_second", each.floor());
      ObjectNode rates = node.putObject("tokens_per_second");
      each.rates().forEach((name, rounds) -> rounds.forEach(rates.withArray(name)::add));
      ObjectNode memory = node.putObject("peak_memory_bytes");
      each.peakMemory().forEach(memory::put);
    }
    root.put("counted_training_bytes", counted.total());
    return root.toPrettyString();
  }

  private static String row(Line line, String workload, String contender, String ratio) {
    double median = line.median(contender);
    return line(
        "%-20s %-34s %12.0f %12.0f %% %10.0f %10s",
        workload,
        contender,
        median,
        100 * median / line.floor(),
        mib(line.peakMemory().get(contender)),
        ratio);
  }

  private static double mib(long bytes) {
    return bytes / (double) (1 << 20);
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values).stripTrailing() + "\n";
  }
}
