package dev.proxima.experiments.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * What {@link BroadcastBenchmark} found.
 *
 * @param smallBytes the smaller file's size, whose transfers show that heap use does not depend on
 *     it
 * @param bytes the size of the file that rates are of
 * @param naming bytes per second of SHA-256 and CRC32C, by which an artefact gets its name once
 * @param idleSilence how long the most silent node was so without transfers, in seconds
 * @param lines one for each way, the plain sockets before what is compared with them
 */
public record BroadcastResult(
    long smallBytes, long bytes, double naming, double idleSilence, List<Line> lines)
    implements BenchmarkResult {

  private static final double MEBIBYTE = 1 << 20;

  /**
   * One way.
   *
   * @param receivers how many nodes got the file
   * @param rates bytes per second until the last had it, of each round
   * @param processor seconds of processor time, of all JVMs together, of each round
   * @param smallHeap the most heap of a receiver with the smaller file, in bytes
   * @param heap the same with the file
   * @param silence how long the most silent node was so in all rounds, in seconds
   */
  public record Line(
      Route route,
      int receivers,
      List<Double> rates,
      List<Double> processor,
      long smallHeap,
      long heap,
      double silence) {

    /** The median over the rounds of this way's rate as a share of another's. */
    double share(Line other) {
      return Median.of(
          IntStream.range(0, rates.size())
              .mapToObj(round -> rates.get(round) / other.rates().get(round))
              .toList());
    }
  }

  @Override
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        line(
            "%.0f MiB over the loopback interface, %d processors, receivers in JVMs of their own with -Xmx%dm",
            bytes / MEBIBYTE, Runtime.getRuntime().availableProcessors(), BroadcastPeer.HEAP));
    text.append(
        line("SHA-256, once where an artefact is made: %.0f MB/s on one thread", naming * 1e-6));
    text.append('\n');
    text.append(
        line(
            "%-10s %-18s %8s %10s %14s %20s %16s",
            "receivers",
            "",
            "MB/s",
            "of plain",
            "CPU s per GB",
            "peak heap in MiB",
            "longest silence"));
    text.append(
        line("%-10s %-18s %8s %10s %14s %20s %16s", "", "", "", "", "", "at " + sizes(), "in ms"));
    for (Line each : lines) {
      text.append(
          line(
              "%-10s %-18s %8.0f %8.0f %% %14.2f %20s %16.0f",
              each.route() == Route.PLAIN_SOCKET ? each.receivers() : "",
              each.route().label(),
              Median.of(each.rates()) * 1e-6,
              100 * each.share(plain(each)),
              Median.of(each.processor()) * 1e9 / bytes / each.receivers(),
              "%.0f / %.0f".formatted(each.smallHeap() / MEBIBYTE, each.heap() / MEBIBYTE),
              1e3 * each.silence()));
    }
    text.append(line("%-82s %16.0f", "without transfers", 1e3 * idleSilence));
    text.append('\n');
    text.append(
        "Until the last receiver has the file; medians of the rounds, and of the shares within a round.\n");
    text.append(
        line(
            "Plain sockets and data plane send from a file and write into a file. Nodes are asked for a sign of life every %d ms.",
            Heartbeats.INTERVAL.toMillis()));
    text.append(
        "CPU: of all JVMs, for each receiver. Several receivers: plain sockets send each a copy at once; the data plane sends one along a chain.\n");
    return text.toString();
  }

  private String sizes() {
    return "%.0f / %.0f MiB".formatted(smallBytes / MEBIBYTE, bytes / MEBIBYTE);
  }

  /** Has every round. */
  @Override
  public String json() {
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("bytes", bytes);
    root.put("small_bytes", smallBytes);
    root.put("processors", Runtime.getRuntime().availableProcessors());
    root.put("sha256_bytes_per_second", naming);
    root.put("idle_silence_seconds", idleSilence);
    ArrayNode all = root.putArray("ways");
    for (Line each : lines) {
      ObjectNode node = all.addObject();
      node.put("route", each.route().name().toLowerCase(Locale.ROOT).replace('_', '-'));
      node.put("receivers", each.receivers());
      node.put("share_of_plain", each.share(plain(each)));
      node.put("silence_seconds", each.silence());
      node.put("peak_heap_bytes", each.heap());
      node.put("peak_heap_bytes_small", each.smallHeap());
      each.rates().forEach(node.withArray("bytes_per_second")::add);
      each.processor().forEach(node.withArray("processor_seconds")::add);
    }
    return root.toPrettyString();
  }

  private Line plain(Line line) {
    return lines.stream()
        .filter(each -> each.route() == Route.PLAIN_SOCKET)
        .filter(each -> each.receivers() == line.receivers())
        .findFirst()
        .orElseThrow();
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values).stripTrailing() + "\n";
  }
}
