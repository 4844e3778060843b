package dev.proxima.experiments;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.experiments.data.Conversation;
import dev.proxima.experiments.data.Prompts;
import dev.proxima.experiments.generation.TextGenerator;
import dev.proxima.experiments.generation.TextGenerator.Response;
import dev.proxima.experiments.terminal.Terminal;
import dev.proxima.models.GenerationConfig;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.ModelFolder;
import dev.proxima.models.SamplingOptions;
import dev.proxima.models.djl.DjlTokenizer;
import dev.proxima.models.tokenizer.ChatEncoder;
import dev.proxima.models.tokenizer.Tokenizer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code proxima generate}. */
@Command(
    name = "generate",
    description =
        "A model's responses: to one prompt, as they grow, or to a file's, as JSON lines. Where nothing is"
            + " said, the model's generation_config.json says how to sample.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class GenerateCommand implements Callable<Integer> {

  /** Prompts that are generated for together: enough to keep the rows of a batch occupied. */
  private static final int CHUNK = 256;

  @Spec private CommandSpec spec;

  @Mixin private ModelOptions model;

  @ArgGroup(multiplicity = "1")
  private Source source;

  private static final class Source {

    @Option(names = "--prompt", paramLabel = "TEXT", description = "What a user says.")
    private String prompt;

    @Option(
        names = "--prompts",
        paramLabel = "FILE",
        description = "JSONL with prompt, a string or a list of messages.")
    private Path prompts;
  }

  @Option(
      names = "--raw",
      description = "Continues the prompt as text, without the model's chat template.")
  private boolean raw;

  @Option(names = "--responses", paramLabel = "N", description = "Responses a prompt; 1.")
  private int responses = 1;

  @Option(names = "--max-new-tokens", paramLabel = "N", description = "Longest response; 256.")
  private int maxNewTokens = 256;

  @Option(
      names = "--temperature",
      paramLabel = "X",
      description = "Logits are divided by it; 0 takes the most probable token.")
  private Double temperature;

  @Option(
      names = "--top-k",
      paramLabel = "N",
      description = "Only that many most probable tokens; 0 for all.")
  private Integer topK;

  @Option(
      names = "--top-p",
      paramLabel = "X",
      description = "Only the fewest tokens whose probability reaches it.")
  private Double topP;

  @Option(
      names = "--min-p",
      paramLabel = "X",
      description = "Only tokens at least that share as probable as the most probable.")
  private double minP;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "X",
      description = "Makes tokens that were seen before less likely; 1 for none.")
  private double repetitionPenalty = 1;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "Ends a response, and is not part of it; may be repeated.")
  private List<String> stops = List.of();

  @Option(names = "--seed", paramLabel = "N", description = "Of the draws; 0.")
  private long seed;

  @Option(names = "--json", description = "Prints JSON lines for --prompt too.")
  private boolean json;

  @Override
  public Integer call() {
    try (Terminal terminal = Terminal.plain(System.err);
        StopRequest stop =
            StopRequest.listen(terminal, "Stopped; the lines so far are complete.")) {
      ModelFolder folder = model.open();
      GenerationConfig makers = folder.generationConfig();
      SamplingOptions options = options(makers);
      List<Conversation> prompts =
          source.prompt == null
              ? Prompts.read(source.prompts)
              : List.of(Conversation.ofUser(source.prompt));
      try (Tokenizer tokenizer = DjlTokenizer.open(folder.tokenizer());
          LanguageModel loaded = model.load(folder)) {
        TextGenerator generator =
            new TextGenerator(loaded, tokenizer, encoder(folder, tokenizer), options, stops, seed);
        if (source.prompt != null && !json && responses == 1) {
          stream(generator, prompts.get(0));
          return ExitStatus.OK;
        }
        return generate(generator, prompts, terminal, stop)
            ? ExitStatus.OK
            : ExitStatus.INTERRUPTED;
      }
    } catch (IllegalArgumentException e) {
      throw new UserError(e.getMessage(), e);
    } finally {
      spec.commandLine().getOut().flush();
    }
  }

  private void stream(TextGenerator generator, Conversation prompt) {
    PrintWriter out = spec.commandLine().getOut();
    generator.stream(
        prompt,
        text -> {
          out.print(text);
          out.flush();
        });
    out.println();
  }

  private boolean generate(
      TextGenerator generator, List<Conversation> prompts, Terminal terminal, StopRequest stop) {
    if (source.prompts != null) {
      terminal.stage("generating", prompts.size(), "prompts");
    }
    for (int first = 0; first < prompts.size(); first += CHUNK) {
      if (stop.isMade()) {
        return false;
      }
      int end = Math.min(prompts.size(), first + CHUNK);
      List<List<Response>> chunk = generator.generate(prompts.subList(first, end), first);
      for (int i = 0; i < chunk.size(); i++) {
        print(prompts.get(first + i), chunk.get(i));
      }
      if (source.prompts != null) {
        terminal.advance(end);
      }
    }
    return true;
  }

  private void print(Conversation prompt, List<Response> all) {
    PrintWriter out = spec.commandLine().getOut();
    for (int i = 0; i < all.size(); i++) {
      Response response = all.get(i);
      if (source.prompt != null && !json) {
        out.printf("%s--- response %d%n%s%n", i == 0 ? "" : "\n", i + 1, response.text());
      } else {
        ObjectNode line = JsonNodeFactory.instance.objectNode();
        line.putPOJO("prompt", prompt);
        line.put("response", response.text());
        line.put("index", i);
        line.put("tokens", response.tokens());
        line.put("logp", response.logp());
        line.put("finished", response.finished());
        out.println(line);
      }
    }
    out.flush();
  }

  /** What is said here, else by the model's makers, else plain sampling. */
  private SamplingOptions options(GenerationConfig makers) {
    boolean greedy = temperature == null && !makers.doSample().orElse(true);
    double theirs = greedy ? 0 : makers.temperature().orElse(1);
    return new SamplingOptions(
        responses,
        repetitionPenalty,
        temperature == null ? theirs : temperature,
        topK == null ? makers.topK().orElse(0) : topK,
        topP == null ? makers.topP().orElse(1) : topP,
        minP,
        maxNewTokens);
  }

  private Function<Conversation, int[]> encoder(ModelFolder folder, Tokenizer tokenizer) {
    if (raw) {
      return prompt -> tokenizer.encodeMarkup(prompt.text(), true);
    }
    ChatEncoder chat;
    try {
      chat = folder.chatEncoder(tokenizer);
    } catch (IllegalArgumentException e) {
      throw new UserError(e.getMessage() + "; or say --raw to continue the prompt as text", e);
    }
    return prompt -> chat.prompt(prompt.messages());
  }
}
