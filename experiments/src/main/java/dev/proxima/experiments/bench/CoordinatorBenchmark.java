package dev.proxima.experiments.bench;

import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.FolderStore;
import dev.proxima.actors.run.RunEvent;
import dev.proxima.experiments.bench.CoordinatorResult.Phase;
import dev.proxima.experiments.bench.SimulatedCluster.StartCoordinator;
import dev.proxima.experiments.bench.SimulatedCluster.StartNode;
import dev.proxima.experiments.bench.SimulatedCluster.StopCoordinator;
import dev.proxima.experiments.terminal.Terminal;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * What the coordinator costs: the real one, on the real journal in a file, leases the works of a
 * run to simulated workers. First they answer at once, which measures its throughput; then its
 * journal is recovered; then they take as long as work does, which measures what a run loses to it.
 */
public final class CoordinatorBenchmark {

  private static final int DEVICES_OF_A_NODE = 8;

  /**
   * What to measure.
   *
   * @param workers simulated devices, at least 1
   * @param shards prompt shards of an iteration, at least 1
   * @param iterations iterations of each run, at least 1
   * @param shard how long sampling a shard takes on average where workers take time; above 0
   */
  public record Options(int workers, int shards, int iterations, Duration shard) {

    int nodes() {
      return (workers + DEVICES_OF_A_NODE - 1) / DEVICES_OF_A_NODE;
    }
  }

  private record Recovery(int events, double seconds, long stateBytes) {}

  private final Options options;
  private final Terminal terminal;
  private final SimulatedRun run;
  private final Path folder;

  private CoordinatorBenchmark(Options options, Terminal terminal, SimulatedRun run, Path folder) {
    this.options = options;
    this.terminal = terminal;
    this.run = run;
    this.folder = folder;
  }

  /** Measures, with progress on the terminal. */
  public static CoordinatorResult run(Options options, Terminal terminal) {
    try (TemporaryFolder work = TemporaryFolder.create()) {
      ArtifactStore store = new FolderStore(work.path().resolve("artifacts"));
      SimulatedRun run = new SimulatedRun(store, options.shards());
      return new CoordinatorBenchmark(options, terminal, run, work.path()).run();
    }
  }

  private CoordinatorResult run() {
    Phase atOnce = measure("answers at once", Pace.AT_ONCE);
    Recovery recovery = recover("answers at once");
    Phase paced = measure("answers in time", new Pace(options.shard()));
    return new CoordinatorResult(
        options, atOnce, paced, recovery.events(), recovery.seconds(), recovery.stateBytes());
  }

  private Phase measure(String name, Pace pace) {
    OrderTimes times = new OrderTimes();
    CompletableFuture<Void> completed = new CompletableFuture<>();
    AtomicLong works = new AtomicLong();
    ActorSystem<SimulatedCluster.Command> system = SimulatedCluster.start(journal(name));
    try {
      long start = System.nanoTime();
      long cpu = ProcessorTime.nanos();
      system.tell(
          new StartCoordinator(
              run,
              run.spec(options.iterations()),
              event -> follow(event, name, times, works, completed)));
      for (int i = 0; i < options.nodes(); i++) {
        system.tell(
            new StartNode("node-" + i, devices(i), () -> SimulatedWorker.create(run, pace, times)));
      }
      completed.join();
      double seconds = (System.nanoTime() - start) * 1e-9;
      return new Phase(
          works.get(),
          seconds,
          (ProcessorTime.nanos() - cpu) * 1e-9,
          times.afterAnswer(),
          times.afterReadiness(),
          times.ofDevices() / (options.workers() * seconds));
    } finally {
      end(system);
    }
  }

  /** Nodes have 8 devices, the last one what is left. */
  private int devices(int node) {
    return Math.min(DEVICES_OF_A_NODE, options.workers() - node * DEVICES_OF_A_NODE);
  }

  private void follow(
      RunEvent event,
      String name,
      OrderTimes times,
      AtomicLong works,
      CompletableFuture<Void> completed) {
    if (event instanceof RunEvent.RunRecovered recovered) {
      terminal.stage(name, sum(recovered.remaining()), "works");
    } else if (event instanceof RunEvent.WorkCompleted done) {
      times.made(done.output());
      terminal.advance(works.incrementAndGet());
    } else if (event instanceof RunEvent.RunCompleted) {
      completed.complete(null);
    } else if (event instanceof RunEvent.RunFailed failed) {
      completed.completeExceptionally(new IllegalStateException(failed.reason()));
    }
  }

  /**
   * Recovers a completed run's journal as that of a run with one more iteration, whose coordinator
   * goes on. What it keeps is the heap that is free again without it.
   */
  private Recovery recover(String name) {
    CompletableFuture<RunEvent.RunRecovered> recovered = new CompletableFuture<>();
    ActorSystem<SimulatedCluster.Command> system = SimulatedCluster.start(journal(name));
    try {
      long start = System.nanoTime();
      Consumer<RunEvent> listener =
          event -> {
            if (event instanceof RunEvent.RunRecovered with) {
              recovered.complete(with);
            }
          };
      system.tell(new StartCoordinator(run, run.spec(options.iterations() + 1), listener));
      int events = recovered.join().completed();
      double seconds = (System.nanoTime() - start) * 1e-9;
      long with = usedHeap();
      CompletableFuture<Void> stopped = new CompletableFuture<>();
      system.tell(new StopCoordinator(stopped));
      stopped.join();
      return new Recovery(events, seconds, with - usedHeap());
    } finally {
      end(system);
    }
  }

  private Path journal(String name) {
    return folder.resolve("journal " + name);
  }

  private static long sum(SortedMap<String, Integer> counts) {
    return counts.values().stream().mapToLong(Integer::longValue).sum();
  }

  private static long usedHeap() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }

  private static void end(ActorSystem<?> system) {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().join();
  }
}
