package dev.proxima.experiments.scoring;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.proxima.experiments.data.PromptedResponses;
import dev.proxima.models.RewardEncoder;
import dev.proxima.models.RewardModel;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Rewards by a reward model. */
record RewardScoring(RewardModel model, RewardEncoder encoder) implements Scoring<int[]> {

  @Override
  public Optional<int[]> encode(PromptedResponses line, String response) {
    return line.rewarded(encoder, response);
  }

  @Override
  public int tokens(int[] sequence) {
    return sequence.length;
  }

  @Override
  public double[] scores(List<int[]> sequences) {
    return model.rewards(sequences);
  }

  @Override
  public void write(ObjectNode line, String field, Optional<int[]> sequence, OptionalDouble score) {
    if (score.isPresent()) {
      line.put("reward_" + field, score.getAsDouble());
    } else {
      line.putNull("reward_" + field);
    }
  }
}
