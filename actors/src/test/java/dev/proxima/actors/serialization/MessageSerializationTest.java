package dev.proxima.actors.serialization;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.cluster.ClusterStatus;
import dev.proxima.actors.cluster.NodeHost;
import dev.proxima.actors.cluster.Reunion;
import dev.proxima.actors.cluster.RunQueue;
import dev.proxima.actors.cluster.RunQueueEvent;
import dev.proxima.actors.cluster.RunStatus;
import dev.proxima.actors.cluster.Submission;
import dev.proxima.actors.coordinator.ApoCoordinator;
import dev.proxima.actors.coordinator.CoordinatorEvent;
import dev.proxima.actors.coordinator.ParameterActor;
import dev.proxima.actors.coordinator.WorkerSlot;
import dev.proxima.actors.dataplane.DataPlaneAddress;
import dev.proxima.actors.dataplane.RingSeat;
import dev.proxima.actors.fixtures.ActorConfig;
import dev.proxima.actors.node.NodeSupervisor;
import dev.proxima.actors.node.ParameterCache;
import dev.proxima.actors.node.PolicyActor;
import dev.proxima.actors.node.PreferenceActor;
import dev.proxima.actors.node.ReferenceActor;
import dev.proxima.actors.node.SamplerActor;
import dev.proxima.actors.run.IterationResult;
import dev.proxima.actors.run.IterationResult.EvaluatedPolicy;
import dev.proxima.actors.run.RunEvent;
import dev.proxima.actors.run.RunSupervisor;
import dev.proxima.actors.work.Continuation;
import dev.proxima.actors.work.Output;
import dev.proxima.actors.work.StepMetrics;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.Work.Purpose;
import dev.proxima.actors.work.WorkReply;
import dev.proxima.algorithms.exploration.PromptScore;
import dev.proxima.algorithms.exploration.PromptSelection;
import dev.proxima.algorithms.exploration.PromptSelection.Rule;
import dev.proxima.models.ComputeDevice;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializers;
import org.apache.pekko.serialization.jackson.JacksonCborSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every message and event that can leave the JVM survives the serialiser that {@code
 * proxima-actors.conf} binds. A new record without an example here fails {@link #noneIsForgotten}.
 */
class MessageSerializationTest {

  /** Messages that stay within a JVM, with the reason. */
  private static final Map<Class<?>, String> LOCAL =
      Map.of(
          ParameterCache.Available.class, "holds the path of a file of this node",
          ParameterCache.Unavailable.class, "answers an actor of the same node",
          RunSupervisor.Stop.class, "the supervisor is told by the process that it runs in");

  /** Never written but within a message or an event, whose version they share. */
  private static final Set<Class<?>> PARTS =
      Set.of(
          DataPlaneAddress.class,
          RingSeat.class,
          Output.class,
          RunStatus.class,
          StepMetrics.class,
          Submission.class,
          Work.class,
          WorkerSlot.class,
          IterationResult.class,
          CoordinatorEvent.OfLaterVersion.class,
          RunQueueEvent.OfLaterVersion.class);

  private static ActorTestKit kit;

  @BeforeAll
  static void start() {
    kit = ActorTestKit.create(ActorConfig.inMemory());
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  @TestFactory
  Stream<DynamicTest> roundTrip() {
    return examples().stream()
        .map(
            example ->
                DynamicTest.dynamicTest(
                    name(example.getClass()),
                    () -> {
                      assertThat(
                              SerializationExtension.get(kit.system())
                                  .serializerFor(example.getClass()))
                          .isInstanceOf(JacksonCborSerializer.class);
                      kit.serializationTestKit().verifySerialization(example, true);
                    }));
  }

  @Test
  void noneIsForgotten() throws Exception {
    SortedSet<String> covered = names(examples().stream().map(Object::getClass));
    SortedSet<String> expected = names(messages().filter(type -> !LOCAL.containsKey(type)));
    assertThat(expected).hasSizeGreaterThan(30);
    assertThat(covered).isEqualTo(expected);
  }

  /** Without a line in {@code proxima-versions.conf} a type is written without its version. */
  @Test
  void everyMessageAndEventCarriesItsVersion() {
    Serialization serialization = SerializationExtension.get(kit.system());
    assertThat(examples())
        .filteredOn(example -> PARTS.stream().noneMatch(type -> type.isInstance(example)))
        .extracting(
            example ->
                Serializers.manifestFor(serialization.serializerFor(example.getClass()), example))
        .allMatch(manifest -> manifest.endsWith("#1"));
  }

  /** A journal from before outputs had a held-out measure. */
  @Test
  void anOutputWithoutAMeasureIsRead() throws IOException {
    String id = "1".repeat(64);
    assertThat(read(Output.class, Map.of("artifact", id, "log", id)))
        .isEqualTo(Output.trained(new ArtifactId(id), new ArtifactId(id)));
  }

  /** A journal from before trainings had segments. */
  @Test
  void aTrainingWithoutSegmentsIsRead() throws IOException {
    String id = "1".repeat(64);
    assertThat(read(Work.class, Map.of("work", "fine-tune", "data", id)))
        .isEqualTo(new Work.FineTune(new ArtifactId(id)));
    assertThat(
            read(
                Work.class,
                Map.of(
                    "work",
                    "train",
                    "start",
                    id,
                    "pairs",
                    List.of(id),
                    "iteration",
                    2,
                    "replica",
                    1)))
        .isEqualTo(new Work.TrainReplica(new ArtifactId(id), List.of(new ArtifactId(id)), 2, 1));
  }

  @Test
  void localMessagesAreNotMarkedForTheWire() {
    assertThat(LOCAL.keySet()).noneMatch(CborSerializable.class::isAssignableFrom);
  }

  /** An actor's private messages go to itself; no public message carries one. */
  @Test
  void noPublicMessageCarriesAPrivateOne() throws Exception {
    assertThat(messages().flatMap(type -> Arrays.stream(type.getRecordComponents())))
        .extracting(RecordComponent::getType)
        .noneMatch(type -> Modifier.isPrivate(type.getModifiers()));
  }

  /** What the serialiser makes of these fields. */
  private static Object read(Class<?> type, Map<String, Object> fields) throws IOException {
    JacksonCborSerializer serializer =
        (JacksonCborSerializer) SerializationExtension.get(kit.system()).serializerFor(type);
    return serializer.fromBinary(new CBORMapper().writeValueAsBytes(fields), type.getName());
  }

  /** The classes of the module that are messages: marked as such, or of a sealed protocol. */
  private static Stream<Class<?>> messages() throws IOException, URISyntaxException {
    Set<Class<?>> messages = new LinkedHashSet<>();
    for (Class<?> type : classes()) {
      if (type.isSealed() && type.isInterface()) {
        messages.addAll(List.of(type.getPermittedSubclasses()));
      } else if (CborSerializable.class.isAssignableFrom(type)) {
        messages.add(type);
      }
    }
    return messages.stream()
        .filter(Class::isRecord)
        .filter(type -> Modifier.isPublic(type.getModifiers()));
  }

  private static List<Class<?>> classes() throws IOException, URISyntaxException {
    Path root =
        Path.of(CborSerializable.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(file -> root.relativize(file).toString())
          .filter(file -> file.endsWith(".class"))
          .map(file -> file.replaceAll("\\.class$", "").replaceAll("[/\\\\]", "."))
          .<Class<?>>map(MessageSerializationTest::load)
          .toList();
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, MessageSerializationTest.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SortedSet<String> names(Stream<Class<?>> types) {
    return types.map(MessageSerializationTest::name).collect(Collectors.toCollection(TreeSet::new));
  }

  private static String name(Class<?> type) {
    return type.getName().replaceAll(".*\\.", "");
  }

  private static List<Object> examples() {
    ArtifactId one = new ArtifactId("1".repeat(64));
    ArtifactId two = new ArtifactId("2".repeat(64));
    Output output = new Output(one, two, -0.25, new Continuation(two, 3));
    StepMetrics step =
        new StepMetrics(1, 0, 2, 9, new TreeMap<>(Map.of("loss", 0.1 + 0.2, "grad_norm", 1e300)));
    IterationResult result =
        new IterationResult(
            "apo",
            1,
            new EvaluatedPolicy(one, two, List.of(one)),
            new EvaluatedPolicy(two, one, List.of()),
            0.3,
            List.of(one),
            two,
            List.of(two));
    Work.FineTune fineTune = new Work.FineTune(one, two, new Continuation(one, 4));
    Work.SampleShard sample = new Work.SampleShard(one, two, Purpose.TRAINING, 3);
    Work.LabelShard label = new Work.LabelShard(one, Purpose.EVALUATION, 0);
    Work.ScoreShard score = new Work.ScoreShard(one, two);
    Work.TrainReplica train =
        new Work.TrainReplica(one, List.of(one, two), 2, 1, new Continuation(two, 3));
    Work.AverageReplicas average = new Work.AverageReplicas(List.of(two, one));
    Work.TrainReplicas together =
        new Work.TrainReplicas(one, List.of(one), 2, 4, new Continuation(two, one, 3));
    WorkerSlot.Device device =
        new WorkerSlot.Device(
            "n/cpu#0",
            ComputeDevice.CPU,
            new DataPlaneAddress("10.0.0.1", 25521),
            ref(),
            ref(),
            ref());
    WorkerSlot.Labeller labeller = new WorkerSlot.Labeller("n/preferences", ref());
    WorkerSlot.Parameters parameters = new WorkerSlot.Parameters("coordinator", ref());
    DataPlaneAddress address = new DataPlaneAddress("host", 7777);
    SortedMap<String, Integer> remaining = new TreeMap<>(Map.of("train", 2, "sample", 1));
    Submission run = new Submission("tiny-1", one, two, "/runs/tiny-1");
    RunStatus failed = RunStatus.failed("broken");
    return List.of(
        run,
        failed,
        new ClusterStatus(
            3,
            "a:1",
            List.of(
                new ClusterStatus.Node(
                    "a:1", List.of(ComputeDevice.CPU), new TreeMap<>(Map.of("cpu#0", "train")))),
            List.of(new ClusterStatus.Run(run, failed, remaining))),
        new Reunion.Introduce(ref()),
        new Reunion.Members(new TreeSet<>(Set.of("a:1#7"))),
        new RunQueue.Submit(run, ref()),
        new RunQueue.Cancel("tiny-1", ref()),
        new RunQueue.GetStatus(ref()),
        new RunQueue.NodeOffered("a:1", List.of(ComputeDevice.CPU), ref()),
        new RunQueue.Accepted(RunStatus.of(RunStatus.Phase.QUEUED)),
        new RunQueue.Refused("no"),
        new RunQueueEvent.EpochBegan(2),
        new RunQueueEvent.OfLaterVersion("run-moved", 2),
        new RunQueueEvent.RunSubmitted(run),
        new RunQueueEvent.RunEnded("tiny-1", failed),
        new NodeHost.Serve(2, new NodeHost.Duty(run, ref())),
        new CoordinatorEvent.EpochBegan(2),
        output,
        step,
        result,
        fineTune,
        sample,
        label,
        score,
        train,
        together,
        average,
        new Work.ResampleShard(one, two, one, 2),
        new Work.SelectPrompts(
            List.of(one),
            List.of(two),
            new PromptSelection(Rule.REWARD, 0.5, PromptScore.GAP, true),
            17,
            2),
        new Work.Extrapolate(one, two, 0.3),
        new Work.Evaluate(List.of(one), List.of(two)),
        device,
        new WorkerSlot.Gang(List.of(device, device)),
        new WorkerSlot.Ring(
            List.of(new WorkerSlot.Gang(List.of(device)), new WorkerSlot.Gang(List.of(device)))),
        labeller,
        parameters,
        new WorkReply.Stepped("l/0", step),
        new WorkReply.Progressed("l/0"),
        new WorkReply.Done("l/0", new Work.FineTune(one), output),
        new WorkReply.Done("l/0", train, output),
        new WorkReply.Done("l/0", label, Output.of(one)),
        new WorkReply.Failed("l/0", average, "broken", true),
        new WorkReply.NoRoom("l/0", average, "full"),
        new WorkReply.Helped("l/0/1"),
        new WorkReply.Deserted("l/0", "gone"),
        new CoordinatorEvent.RunStarted("fingerprint"),
        new CoordinatorEvent.WorkCompleted(sample, output),
        new CoordinatorEvent.OfLaterVersion(2),
        new ApoCoordinator.NodeJoined(
            "n", List.of(device, labeller, parameters), ref(), new DataPlaneAddress("a", 1)),
        new ParameterActor.Perform("l/0", average, ref()),
        address,
        new NodeSupervisor.ParametersPublished(one, List.of(address)),
        new NodeSupervisor.AbandonRing("l/0"),
        new RingSeat("l/0", 0, List.of(2, 1), address),
        new ParameterCache.Prefetch(one, List.of(address)),
        new ParameterCache.Acquire(one, ref()),
        new PolicyActor.FineTune("l/0", fineTune, ref()),
        new PolicyActor.TrainReplica("l/0", train, ref()),
        new PolicyActor.TrainReplicas("l/0", together, List.of(ComputeDevice.CPU), null, ref()),
        new PolicyActor.TrainReplicas(
            "l/0/1",
            together,
            List.of(ComputeDevice.CPU),
            new RingSeat("l/0", 1, List.of(2, 1), new DataPlaneAddress("10.0.0.1", 25521)),
            ref()),
        new PreferenceActor.LabelShard("l/0", label, ref()),
        new ReferenceActor.ScoreShard("l/0", score, ref()),
        new SamplerActor.SampleShard("l/0", sample, ref()),
        new SamplerActor.ResampleShard("l/1", new Work.ResampleShard(one, two, one, 2), ref()),
        new RunEvent.RunRecovered(
            List.of(result), List.of(new RunEvent.Training(Set.of("apo"), one)), 7, remaining),
        new RunEvent.WorkStarted(score, Set.of("apo"), 1, "n/cpu#0"),
        new RunEvent.StepTrained(train, Set.of("apo", "iterative"), step),
        new RunEvent.WorkCompleted(sample, output, remaining),
        new RunEvent.WorkRetried(sample, "n/cpu#0", "silent"),
        new RunEvent.WorkWaits(sample, "n/cpu#0", "full"),
        new RunEvent.RoomFound(),
        new RunEvent.IterationCompleted(result),
        new RunEvent.RunCompleted(List.of(result)),
        new RunEvent.RunFailed("broken", true),
        new RunEvent.RunEnded());
  }

  private static <M> ActorRef<M> ref() {
    return kit.<M>createTestProbe().ref();
  }
}
