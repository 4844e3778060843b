package dev.proxima.actors.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.models.ModelConfig;
import java.util.List;

/**
 * Everything that a run's result depends on: settings, model shape and data, the data as artefacts.
 * Two runs with equal specifications on the same kind of hardware end in the same bytes.
 *
 * @param rewards the reward model that sampled responses are paired by; null where the task itself
 *     rewards them, and where pairs are given
 */
public record RunSpec(
    RunSettings settings,
    ModelConfig model,
    Data data,
    @JsonInclude(JsonInclude.Include.NON_NULL) RewardSource rewards) {

  /** Without a reward model. */
  public RunSpec(RunSettings settings, ModelConfig model, Data data) {
    this(settings, model, data, null);
  }

  /**
   * The data, as JSONL artefacts of {@link dev.proxima.actors.artifacts.PromptResponses}.
   *
   * @param tokenizer the tokenizer.json
   * @param fineTuning prompts with one response each
   * @param source whether pairs are sampled or given
   * @param iterations for iteration t, at index t - 1, its shards: prompts to sample for, or given
   *     pairs
   * @param evaluation shards of held-out prompts, or of held-out pairs
   * @param answered shards of held-out prompts that every policy answers for people to read, where
   *     pairs are given; none where sampled, since there the evaluation has responses
   */
  public record Data(
      ArtifactId tokenizer,
      ArtifactId fineTuning,
      PairSource source,
      List<List<ArtifactId>> iterations,
      List<ArtifactId> evaluation,
      List<ArtifactId> answered) {}

  /** Where preference pairs come from. */
  public enum PairSource {
    /** Responses are sampled from theta_t and labelled in every iteration. */
    SAMPLED,
    /** Pairs are given; each iteration trains on its fold. */
    GIVEN
  }
}
