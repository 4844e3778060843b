package dev.proxima.experiments.run;

import dev.proxima.actors.run.RunSettings.FineTuning;
import dev.proxima.algorithms.random.Epochs;
import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.experiments.config.PairsConfig;
import dev.proxima.experiments.run.GivenPairs.Encoded;
import dev.proxima.experiments.terminal.Terminal;
import dev.proxima.models.ModelConfig;
import dev.proxima.models.ModelFolder;
import dev.proxima.models.ResponseEncoder;
import dev.proxima.models.TokenSequence;
import dev.proxima.models.Trainer;
import dev.proxima.models.djl.DjlTokenizer;
import dev.proxima.models.io.FileTrees;
import dev.proxima.models.tokenizer.ByteLevelBpe;
import dev.proxima.models.tokenizer.ChatFormat;
import dev.proxima.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Makes the model of a run that starts from none: a tokenizer, a fresh Llama and its fine-tuning.
 */
final class ScratchModel {

  private final PairsContext<?> context;
  private final PairsConfig.Scratch scratch;

  ScratchModel(PairsContext<?> context, PairsConfig.Scratch scratch) {
    this.context = context;
    this.scratch = scratch;
  }

  /**
   * Writes the model's folder.
   *
   * @return empty where it was told to stop before it was done; nothing is written then
   */
  Optional<ModelFolder> make(Path target) throws IOException {
    Path work = Files.createDirectories(target.resolveSibling(target.getFileName() + ".work"));
    try {
      Path tokenizerFile = work.resolve("tokenizer.json");
      ByteLevelBpe.train(
              context.given().texts(), scratch.vocabularySize(), ChatFormat.SPECIAL_TOKENS)
          .write(tokenizerFile);
      Path parameters = work.resolve("parameters.safetensors");
      try (Tokenizer tokenizer = DjlTokenizer.open(tokenizerFile)) {
        ModelConfig model = scratch.shape().with(tokenizer);
        context.engine().initialise(model, context.config().seed(), parameters);
        ModelFolder untrained =
            ModelFolder.save(work.resolve("model"), model, parameters, tokenizerFile);
        return fineTune(untrained, tokenizer, work.resolve("trained.safetensors"))
            .map(trained -> ModelFolder.save(target, model, trained, tokenizerFile));
      }
    } finally {
      FileTrees.delete(work);
    }
  }

  private Optional<Path> fineTune(ModelFolder folder, Tokenizer tokenizer, Path target) {
    GivenPairs pairs = context.given();
    FineTuning tuning = scratch.fineTuning();
    List<TokenSequence> examples =
        pairs.encoded(new ResponseEncoder(folder, tokenizer, pairs.encoding(folder))).stream()
            .map(Encoded::chosen)
            .toList();
    Epochs epochs =
        new Epochs(
            examples.size(),
            tuning.batchSize(),
            tuning.epochs(),
            epoch -> RandomStream.of(context.config().seed(), "fine-tune", epoch));
    if (epochs.steps() == 0) {
      return Optional.of(folder.parameters());
    }
    try (Trainer trainer =
        context
            .engine()
            .trainer(
                folder.parameters(),
                folder.config(),
                context.config().device(),
                tuning.optimisation().over(epochs.steps(), context.config().seed()))) {
      Terminal terminal = context.terminal();
      terminal.stage("fine-tuning", epochs.steps(), "steps");
      for (int step = 0; step < epochs.steps(); step++) {
        if (context.stop().getAsBoolean()) {
          return Optional.empty();
        }
        trainer.fineTune(Arrays.stream(epochs.batch(step)).mapToObj(examples::get).toList());
        terminal.advance(step + 1);
      }
      trainer.save(target);
      return Optional.of(target);
    }
  }
}
