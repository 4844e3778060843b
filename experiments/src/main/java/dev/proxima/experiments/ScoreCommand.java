package dev.proxima.experiments;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.experiments.data.PromptedResponses;
import dev.proxima.experiments.scoring.ResponseScores;
import dev.proxima.experiments.terminal.Terminal;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.ModelFolder;
import dev.proxima.models.ResponseEncoder;
import dev.proxima.models.RewardEncoder;
import dev.proxima.models.RewardFolder;
import dev.proxima.models.RewardModel;
import dev.proxima.models.djl.DjlTokenizer;
import dev.proxima.models.tokenizer.Tokenizer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code proxima score}. */
@Command(
    name = "score",
    description =
        "Log-probabilities of given responses under a model: a JSON line for each of FILE's with logp_chosen,"
            + " tokens_chosen, ..., in order. Tokenised, joined and cut as TRL's DPOTrainer does. Where the model is a"
            + " reward model: reward_chosen, ..., tokenised as TRL's RewardTrainer does; of a longer sequence the end.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class ScoreCommand implements Callable<Integer> {

  private static final int UNKNOWN = 0;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      description =
          "JSONL with prompt, chosen and rejected, or with prompt and completion: strings, or lists of"
              + " messages, for which the model's chat template is used.")
  private Path file;

  @Mixin private ModelOptions model;

  @Option(
      names = "--max-length",
      paramLabel = "N",
      description =
          "Most tokens of prompt and response together. Where nothing is said: 1024, or the model's"
              + " longest where that is less.")
  private Integer maxLength;

  @Option(
      names = "--truncation",
      paramLabel = "MODE",
      defaultValue = "keep-start",
      description = "What is kept of a longer one: keep-start (where nothing is said) or keep-end.")
  private ResponseEncoder.Truncation truncation;

  @Option(
      names = "--strings",
      paramLabel = "KIND",
      defaultValue = "text",
      description =
          "What strings are: text (where nothing is said), or chat, a user's message and the"
              + " assistant's answer by the chat template.")
  private PromptedResponses.Strings strings;

  @Option(
      names = "--join",
      paramLabel = "WHAT",
      defaultValue = "text",
      description =
          "How text and response are tokenised: joined as text (where nothing is said), or each by"
              + " itself and joined as tokens.")
  private ResponseEncoder.Joining joining;

  @Option(
      names = "--no-special-tokens",
      description = "Text does not get what the tokenizer puts around it, such as <s>.")
  private boolean noSpecialTokens;

  @Option(
      names = "--no-end-token",
      description = "Responses as text do not get the end-of-sequence token.")
  private boolean noEndToken;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (Terminal terminal = Terminal.plain(System.err);
        StopRequest stop =
            StopRequest.listen(terminal, "Stopped; the lines so far are complete.")) {
      ModelFolder opened = model.open();
      ResponseEncoder.Options options = options(opened);
      terminal.stage("scoring", UNKNOWN, "lines");
      int[] lines = {0};
      Consumer<ObjectNode> print =
          scores -> {
            out.println(scores);
            terminal.advance(++lines[0]);
          };
      boolean whole =
          new RewardFolder(opened).isTrained()
              ? rewards(opened, options, print, stop)
              : logps(opened, options, print, stop);
      return whole ? ExitStatus.OK : ExitStatus.INTERRUPTED;
    } catch (IllegalArgumentException e) {
      throw new UserError(e.getMessage(), e);
    } finally {
      out.flush();
    }
  }

  private boolean logps(
      ModelFolder opened,
      ResponseEncoder.Options options,
      Consumer<ObjectNode> print,
      StopRequest stop) {
    try (Tokenizer tokenizer = DjlTokenizer.open(opened.tokenizer());
        LanguageModel loaded = model.load(opened)) {
      ResponseEncoder encoder = new ResponseEncoder(opened, tokenizer, options);
      return ResponseScores.logps(loaded, encoder, strings, print).score(file, stop::isMade);
    }
  }

  private boolean rewards(
      ModelFolder opened,
      ResponseEncoder.Options options,
      Consumer<ObjectNode> print,
      StopRequest stop) {
    try (Tokenizer tokenizer = DjlTokenizer.open(opened.tokenizer());
        RewardModel loaded = model.loadRewardModel(opened)) {
      RewardEncoder encoder =
          new RewardEncoder(
              opened,
              tokenizer,
              new RewardEncoder.Options(
                  options.maxLength(),
                  RewardEncoder.Overlong.KEEP_END,
                  options.specialTokens(),
                  options.endToken()),
              new RewardFolder(opened).padding());
      return ResponseScores.rewards(loaded, encoder, strings, print).score(file, stop::isMade);
    }
  }

  private ResponseEncoder.Options options(ModelFolder opened) {
    int longest = opened.config().maxPositionEmbeddings();
    int length =
        maxLength == null
            ? Math.min(ResponseEncoder.Options.DEFAULT.maxLength(), longest)
            : maxLength;
    if (length > longest) {
      throw new UserError(
          "--max-length = %d is more than the model's longest sequence of %d tokens"
              .formatted(length, longest));
    }
    return new ResponseEncoder.Options(length, truncation, joining, !noSpecialTokens, !noEndToken);
  }
}
