package dev.proxima.experiments.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.proxima.experiments.UserError;
import dev.proxima.models.ModelFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Hugging Face's transformers on PyTorch in a Python of the user's, which answers line by line. */
final class PythonContender implements Contender {

  private static final String SCRIPT = "transformers_peer.py";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path python;
  private final Path errors;
  private final Process process;
  private final Writer requests;
  private final BufferedReader answers;
  private final String name;
  private long peakMemory;

  /**
   * Starts the interpreter on a model.
   *
   * @param work a folder for the script and what it prints as errors
   * @throws UserError where it does not start or lacks transformers
   */
  PythonContender(Path python, ModelFolder folder, int threads, Path work) {
    Path errors = work.resolve("peer.stderr");
    try (InputStream script = PythonContender.class.getResourceAsStream(SCRIPT)) {
      Path file = work.resolve(SCRIPT);
      Files.copy(script, file);
      process =
          new ProcessBuilder(
                  python.toString(),
                  file.toString(),
                  folder.path().toString(),
                  Integer.toString(threads))
              .redirectError(errors.toFile())
              .start();
    } catch (IOException e) {
      throw new UserError("--python " + python + ": " + e.getMessage(), e);
    }
    requests = process.outputWriter();
    answers = process.inputReader();
    this.python = python;
    this.errors = errors;
    name = answer().get("name").asText();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public double tokensPerSecond(Workload workload) {
    try {
      requests.write(
          "%s %d %d %d%n"
              .formatted(
                  workload.kind().name().toLowerCase(Locale.ROOT),
                  workload.rows(),
                  workload.prompt(),
                  workload.response()));
      requests.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    JsonNode answer = answer();
    peakMemory = Math.max(peakMemory, answer.get("peak_memory").asLong());
    return answer.get("tokens").asDouble() / answer.get("seconds").asDouble();
  }

  /** The script forgets its own at each request. */
  @Override
  public void forgetPeakMemory() {
    peakMemory = 0;
  }

  @Override
  public long peakMemory() {
    return peakMemory;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private JsonNode answer() {
    try {
      String line = answers.readLine();
      if (line != null) {
        return JSON.readTree(line);
      }
      List<String> said = Files.readAllLines(errors);
      throw new UserError(
          "--python %s: needs torch and transformers; it said: %s"
              .formatted(python, said.isEmpty() ? "nothing" : said.get(said.size() - 1)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
