package dev.proxima.experiments.bench;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.JsonArtifacts;
import dev.proxima.actors.artifacts.PromptResponses;
import dev.proxima.actors.artifacts.PromptResponses.Response;
import dev.proxima.actors.run.RunSettings;
import dev.proxima.actors.run.RunSettings.FineTuning;
import dev.proxima.actors.run.RunSettings.Labels;
import dev.proxima.actors.run.RunSettings.Method;
import dev.proxima.actors.run.RunSettings.PreferenceTraining;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.actors.run.RunSpec.PairSource;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.Work;
import dev.proxima.algorithms.exploration.PromptSelection;
import dev.proxima.algorithms.outer.OuterLoop;
import dev.proxima.algorithms.random.RandomStream;
import dev.proxima.models.LearningRate;
import dev.proxima.models.Optimisation;
import dev.proxima.models.OptimiserOptions;
import dev.proxima.models.SamplingOptions;
import dev.proxima.models.safetensors.SafetensorsWriter;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A run of APO whose works have results at once: its specification, and an output for each work of
 * its workers. Only what the coordinator itself reads is in the store: parameters, which have one
 * number here, and scored shards, which are all the same.
 */
final class SimulatedRun {

  private static final int REPLICAS = 8;
  private static final int HELD_OUT_SHARDS = 8;
  private static final Optimisation OPTIMISATION =
      new Optimisation(OptimiserOptions.Sgd.DEFAULT, LearningRate.constant(1), 0, 0, 1);

  private final ArtifactStore store;
  private final int shards;
  private final ArtifactId scored;

  /**
   * @param shards prompt shards of an iteration, at least 1
   */
  SimulatedRun(ArtifactStore store, int shards) {
    this.store = store;
    this.shards = shards;
    Response response = new Response("a", new int[] {0}, -1.0, 0.5, -1.5);
    this.scored =
        JsonArtifacts.write(
            store, new PromptResponses(0, "a", new int[] {0}, List.of(response, response), null));
  }

  ArtifactStore store() {
    return store;
  }

  /** The specification with so many iterations. */
  RunSpec spec(int iterations) {
    return new RunSpec(
        new RunSettings(
            "bench",
            0,
            new FineTuning(1, 1, OPTIMISATION),
            new SamplingOptions(2, 1, 1, 1),
            Labels.REWARD,
            PromptSelection.ALL,
            new PreferenceTraining(1, 1, REPLICAS, "dpo", List.of(0.1), Map.of(), OPTIMISATION),
            new SamplingOptions(1, 1, 1, 1),
            List.of(new Method("apo", OuterLoop.accelerated(iterations, 0.3)))),
        BenchModel.TINY.config(),
        new RunSpec.Data(
            named("tokenizer"),
            named("fine-tuning"),
            PairSource.SAMPLED,
            IntStream.range(0, iterations).mapToObj(t -> shards("iteration " + t, shards)).toList(),
            shards("held out", HELD_OUT_SHARDS),
            List.of()));
  }

  /** What a worker would answer. */
  Output output(Work work) {
    String name = work.toString();
    if (work.makesParameters()) {
      return Output.trained(parameters((float) drawn(work)), named("log of " + name));
    }
    return Output.of(work instanceof Work.ScoreShard ? scored : named(name));
  }

  /** A number in [0, 1) that belongs to the work. */
  static double drawn(Work work) {
    return RandomStream.of(0, work.toString()).uniform(0);
  }

  private ArtifactId parameters(float value) {
    return store.write(
        path ->
            SafetensorsWriter.write(
                path,
                new TreeMap<>(Map.of("x", new long[] {1})),
                name -> FloatBuffer.wrap(new float[] {value}),
                Map.of()));
  }

  private static List<ArtifactId> shards(String name, int count) {
    return IntStream.range(0, count).mapToObj(i -> named(name + ", shard " + i)).toList();
  }

  private static ArtifactId named(String name) {
    return ArtifactId.of(name.getBytes(StandardCharsets.UTF_8));
  }
}
