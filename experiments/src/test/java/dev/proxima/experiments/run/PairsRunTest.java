package dev.proxima.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.proxima.experiments.config.Overrides;
import dev.proxima.experiments.config.PairsConfig;
import dev.proxima.experiments.config.RunConfig;
import dev.proxima.experiments.terminal.Terminal;
import dev.proxima.experiments.trl.TrlFixtures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.io.TempDir;

/** What the tests of trainings on given pairs have in common. */
abstract class PairsRunTest<C extends PairsConfig> {

  static final BooleanSupplier NEVER = () -> false;
  static final RunOptions NEW = new RunOptions(false, false);
  static final RunOptions RESUME = new RunOptions(true, false);

  @TempDir Path folder;

  private final Class<C> type;

  PairsRunTest(Class<C> type) {
    this.type = type;
  }

  /** What fixtures.py and reward_fixtures.py give TRL. */
  static String asTrl(String task, Path model) {
    return """
        name = trl
        task = %s
        model.folder = "%s"
        data.pairs = "%s"
        threads = 1
        preference { order = file, max-length = 64 }
        training {
          batch-size = 4
          epochs = 2
          learning-rate = 5e-3
          warmup-ratio = 0.1
          warmup-from = zero
          weight-decay = 0.05
        }
        """
        .formatted(task, model, TrlFixtures.PAIRS);
  }

  static int run(PairsConfig config, RunOptions options, BooleanSupplier stop) {
    try (Terminal terminal = Terminal.plain(new PrintStream(new ByteArrayOutputStream()))) {
      return PairsRun.execute(config, options, terminal, stop);
    }
  }

  final C config(String out, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(out + ".conf"), text);
    return type.cast(
        RunConfig.load(
            file,
            new Overrides(List.of(), Optional.of(folder.resolve(out)), OptionalLong.empty())));
  }

  static void assertClose(JsonNode actual, JsonNode expected, String metric, double by) {
    assertThat(actual.get(metric).doubleValue())
        .as("%s of step %s", metric, actual.get("step"))
        .isCloseTo(expected.get(metric).doubleValue(), within(by));
  }
}
