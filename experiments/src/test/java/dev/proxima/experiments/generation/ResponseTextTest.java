package dev.proxima.experiments.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.experiments.trl.TrlFixtures;
import dev.proxima.models.djl.DjlTokenizer;
import dev.proxima.models.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class ResponseTextTest {

  private static final Tokenizer TOKENIZER =
      DjlTokenizer.open(TrlFixtures.MODEL.resolve("tokenizer.json"));

  @Test
  void theTextEndsBeforeTheFirstStopString() {
    ResponseText text = new ResponseText(TOKENIZER, List.of("###", "stop"));
    int[] tokens = TOKENIZER.encode("go on, stop, ### no");
    assertThat(text.of(tokens)).isEqualTo("go on, ");
    assertThat(text.stopsIn(tokens)).isTrue();
    assertThat(text.stopsIn(TOKENIZER.encode("go on, sto"))).isFalse();
  }

  /** A euro sign is three bytes, and may be as many tokens; "st" may be the start of "stop". */
  @Test
  void halfACharacterAndWhatMayBeAStopStringWait() {
    ResponseText text = new ResponseText(TOKENIZER, List.of("stop"));
    int[] euro = TOKENIZER.encode("a\u20AC");
    assertThat(text.next(Arrays.copyOf(euro, euro.length - 1))).isEqualTo("a");
    assertThat(text.next(euro)).isEqualTo("\u20AC");
    assertThat(text.next(TOKENIZER.encode("a\u20ACb st"))).isEqualTo("b ");
    assertThat(text.next(TOKENIZER.encode("a\u20ACb string"))).isEqualTo("string");
    assertThat(text.rest(TOKENIZER.encode("a\u20ACb string"))).isEmpty();
  }

  @Property(tries = 200)
  void whatIsShownBitByBitIsTheText(
      @ForAll @StringLength(max = 30) @CharRange(from = 'a', to = 'c') String said,
      @ForAll @StringLength(min = 1, max = 3) @CharRange(from = 'a', to = 'c') String stop) {
    ResponseText text = new ResponseText(TOKENIZER, List.of(stop));
    int[] tokens = TOKENIZER.encode(said);
    StringBuilder shown = new StringBuilder();
    int end = 0;
    while (end < tokens.length && !text.stopsIn(Arrays.copyOf(tokens, end))) {
      shown.append(text.next(Arrays.copyOf(tokens, ++end)));
    }
    shown.append(text.rest(Arrays.copyOf(tokens, end)));
    int cut = said.indexOf(stop);
    assertThat(shown.toString()).isEqualTo(cut < 0 ? said : said.substring(0, cut));
  }
}
