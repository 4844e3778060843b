package dev.proxima.experiments.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.experiments.data.Conversation;
import dev.proxima.experiments.generation.TextGenerator.Response;
import dev.proxima.experiments.trl.TrlFixtures;
import dev.proxima.models.ComputeDevice;
import dev.proxima.models.LanguageModel;
import dev.proxima.models.ModelFolder;
import dev.proxima.models.SamplingOptions;
import dev.proxima.models.djl.DjlTokenizer;
import dev.proxima.models.djl.TorchEngine;
import dev.proxima.models.tokenizer.Tokenizer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TextGeneratorTest {

  private static final SamplingOptions TWO = new SamplingOptions(2, 1, 1, 12);

  private final ModelFolder folder = ModelFolder.open(TrlFixtures.MODEL);
  private final Tokenizer tokenizer = DjlTokenizer.open(folder.tokenizer());
  private final LanguageModel model =
      TorchEngine.create(1).load(folder.parameters(), folder.config(), ComputeDevice.CPU);
  private final List<Conversation> prompts =
      List.of(
          Conversation.ofUser("the cat"),
          Conversation.ofUser("a much longer question about dogs"),
          Conversation.ofUser("why"));

  @AfterEach
  void free() {
    model.close();
    tokenizer.close();
  }

  @Test
  void aResponseDependsOnItsPromptsNumberAndTheSeedOnly() {
    TextGenerator generator = generator(TWO, List.of(), 5);
    List<List<Response>> together = generator.generate(prompts, 0);

    for (int i = 0; i < prompts.size(); i++) {
      List<Response> alone = generator.generate(List.of(prompts.get(i)), i).get(0);
      assertThat(alone).extracting(Response::text).isEqualTo(texts(together.get(i)));
    }
    assertThat(texts(together.get(0)).get(0)).isNotEqualTo(texts(together.get(0)).get(1));
    assertThat(generator(TWO, List.of(), 6).generate(prompts, 0)).isNotEqualTo(together);
  }

  @Test
  void whatStreamsIsTheResponse() {
    TextGenerator generator = generator(new SamplingOptions(1, 1, 1, 12), List.of(), 5);
    StringBuilder shown = new StringBuilder();
    Response response = generator.stream(prompts.get(0), shown::append);
    assertThat(shown.toString()).isEqualTo(response.text());
    assertThat(response).isEqualTo(generator.generate(prompts.subList(0, 1), 0).get(0).get(0));
  }

  @Test
  void aStopStringEndsAResponse() {
    Response free = generator(TWO, List.of(), 5).generate(prompts, 0).get(1).get(0);
    String stop = free.text().substring(3, 5);
    Response stopped = generator(TWO, List.of(stop), 5).generate(prompts, 0).get(1).get(0);
    assertThat(stopped.text()).isEqualTo(free.text().substring(0, free.text().indexOf(stop)));
    assertThat(stopped.finished()).isTrue();
    assertThat(stopped.tokens()).isLessThan(free.tokens());
  }

  private TextGenerator generator(SamplingOptions options, List<String> stops, long seed) {
    return new TextGenerator(
        model, tokenizer, prompt -> tokenizer.encode(prompt.text()), options, stops, seed);
  }

  private static List<String> texts(List<Response> responses) {
    return responses.stream().map(Response::text).toList();
  }
}
