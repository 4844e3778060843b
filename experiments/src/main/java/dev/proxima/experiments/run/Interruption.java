package dev.proxima.experiments.run;

import dev.proxima.experiments.terminal.Terminal;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Ctrl-C and SIGTERM: workers leave at their next step and the actor system ends before the JVM
 * does, since the JVM must not unload under native work.
 */
final class Interruption {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Thread hook;

  private Interruption(Thread hook) {
    this.hook = hook;
  }

  static Interruption stops(ActorSystem<RunGuardian.Command> system, Terminal terminal) {
    Thread hook = new Thread(() -> stop(system, terminal), "stop run");
    Runtime.getRuntime().addShutdownHook(hook);
    return new Interruption(hook);
  }

  /** The run has ended by itself. */
  void disarm() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is on its way out already, and the hook is what ended the run.
    }
  }

  private static void stop(ActorSystem<RunGuardian.Command> system, Terminal terminal) {
    terminal.line("Stopping at the next step ...");
    system.tell(new RunGuardian.Stop());
    try {
      system.getWhenTerminated().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      terminal.line("Stopped; go on with the same command and --resume.");
    } catch (TimeoutException | ExecutionException e) {
      terminal.line("Stopped hard; go on with the same command and --resume.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
