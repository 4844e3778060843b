package dev.proxima.actors.coordinator;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.coordinator.CoordinatorEvent.EpochBegan;
import dev.proxima.actors.coordinator.CoordinatorEvent.RunStarted;
import dev.proxima.actors.coordinator.CoordinatorEvent.WorkCompleted;
import dev.proxima.actors.fixtures.ActorConfig;
import dev.proxima.actors.work.Continuation;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.Work.Purpose;
import dev.proxima.algorithms.exploration.PromptScore;
import dev.proxima.algorithms.exploration.PromptSelection;
import dev.proxima.algorithms.exploration.PromptSelection.Rule;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.Serializers;

/**
 * A journal as a version of this program wrote it, kept for ever: {@code journal-N.txt} has a line
 * for each event with what a row of the journal has, the serialiser's number, the manifest and the
 * payload in Base64. {@link #main} writes one with the present classes.
 *
 * <p>No version has been released yet, so that version 1 still changes: its file is written anew
 * with the classes, until the first release.
 */
final class JournalFixture {

  static final long EPOCH = 2;
  static final ArtifactId PROMPTS = id('1');
  static final ArtifactId THETA = id('2');
  private static final ArtifactId SHARD = id('3');
  private static final ArtifactId LABELLED = id('4');
  private static final ArtifactId SCORED = id('5');
  private static final ArtifactId LOG = id('6');
  private static final ArtifactId RESULT = id('7');
  private static final ArtifactId PART = id('8');
  private static final Continuation REST = new Continuation(id('9'), 4);

  /** What the journals of all versions say, in the present classes. */
  static final List<CoordinatorEvent> EVENTS =
      List.of(
          new RunStarted("fingerprint"),
          new EpochBegan(EPOCH),
          new WorkCompleted(new Work.FineTune(PROMPTS), Output.trained(PART, LOG, REST)),
          new WorkCompleted(new Work.FineTune(PROMPTS, PART, REST), Output.trained(THETA, LOG)),
          new WorkCompleted(
              new Work.SampleShard(THETA, PROMPTS, Purpose.TRAINING, 3), Output.of(SHARD)),
          new WorkCompleted(
              new Work.SampleShard(THETA, PROMPTS, Purpose.EVALUATION, 0), Output.of(SHARD)),
          new WorkCompleted(
              new Work.SelectPrompts(
                  List.of(LABELLED),
                  List.of(SHARD),
                  new PromptSelection(Rule.REWARD, 0.5, PromptScore.GAP, true),
                  17,
                  2),
              Output.of(PROMPTS)),
          new WorkCompleted(new Work.ResampleShard(THETA, LABELLED, PROMPTS, 2), Output.of(SHARD)),
          new WorkCompleted(new Work.LabelShard(SHARD, Purpose.EVALUATION, 0), Output.of(LABELLED)),
          new WorkCompleted(new Work.ScoreShard(THETA, LABELLED), Output.of(SCORED)),
          new WorkCompleted(
              new Work.TrainReplica(THETA, List.of(SCORED, SHARD), 2, 1),
              Output.trained(PART, LOG, REST)),
          new WorkCompleted(
              new Work.TrainReplica(PART, List.of(SCORED, SHARD), 2, 1, REST),
              Output.trained(RESULT, LOG)),
          new WorkCompleted(
              new Work.TrainReplicas(THETA, List.of(SCORED, SHARD), 2, 4),
              Output.trained(PART, LOG, REST)),
          new WorkCompleted(
              new Work.TrainReplicas(PART, List.of(SCORED, SHARD), 2, 4, REST),
              Output.trained(RESULT, LOG)),
          new WorkCompleted(new Work.AverageReplicas(List.of(RESULT, THETA)), Output.of(RESULT)),
          new WorkCompleted(new Work.Extrapolate(RESULT, THETA, 0.1 + 0.2), Output.of(RESULT)),
          new WorkCompleted(
              new Work.Evaluate(List.of(SCORED), List.of(SHARD)), Output.evaluated(RESULT, -0.25)));

  /** A row of the journal's table. */
  record Row(int serializer, String manifest, byte[] payload) {

    static Row parse(String line) {
      String[] fields = line.split(" ");
      return new Row(Integer.parseInt(fields[0]), fields[1], Base64.getDecoder().decode(fields[2]));
    }

    @Override
    public String toString() {
      return serializer + " " + manifest + " " + Base64.getEncoder().encodeToString(payload);
    }
  }

  private JournalFixture() {}

  /** The rows that version {@code version} wrote. */
  static List<Row> rows(int version) throws IOException {
    try (InputStream in = JournalFixture.class.getResourceAsStream("journal-" + version + ".txt")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
          .lines()
          .map(Row::parse)
          .toList();
    }
  }

  /** Writes {@link #EVENTS} to the file that the only argument names. */
  public static void main(String[] args) throws IOException {
    ActorTestKit kit = ActorTestKit.create(ActorConfig.inMemory());
    try {
      Serialization serialization = SerializationExtension.get(kit.system());
      Files.write(
          Path.of(args[0]),
          EVENTS.stream().map(event -> row(serialization, event).toString()).toList());
    } finally {
      kit.shutdownTestKit();
    }
  }

  /** What the present classes write of an event. */
  static Row row(Serialization serialization, CoordinatorEvent event) {
    Serializer serializer = serialization.findSerializerFor(event);
    String manifest = Serializers.manifestFor(serializer, event);
    return new Row(serializer.identifier(), manifest, serializer.toBinary(event));
  }

  private static ArtifactId id(char digit) {
    return new ArtifactId(String.valueOf(digit).repeat(64));
  }
}
