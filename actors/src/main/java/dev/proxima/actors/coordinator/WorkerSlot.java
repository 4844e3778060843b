package dev.proxima.actors.coordinator;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.proxima.actors.node.PolicyActor;
import dev.proxima.actors.node.PreferenceActor;
import dev.proxima.actors.node.ReferenceActor;
import dev.proxima.actors.node.SamplerActor;
import dev.proxima.actors.serialization.CborSerializable;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.WorkReply;
import dev.proxima.models.ComputeDevice;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/** Something that does one work at a time. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "slot")
@JsonSubTypes({
  @JsonSubTypes.Type(value = WorkerSlot.Device.class, name = "device"),
  @JsonSubTypes.Type(value = WorkerSlot.Gang.class, name = "gang"),
  @JsonSubTypes.Type(value = WorkerSlot.Labeller.class, name = "labeller"),
  @JsonSubTypes.Type(value = WorkerSlot.Parameters.class, name = "parameters"),
})
public sealed interface WorkerSlot extends CborSerializable {

  /** What a slot is for. */
  enum Kind {
    DEVICE,
    LABELLER,
    PARAMETERS;

    /** The kind that does {@code work}. */
    static Kind of(Work work) {
      if (work instanceof Work.OnDevice) {
        return DEVICE;
      }
      return work instanceof Work.LabelShard ? LABELLER : PARAMETERS;
    }
  }

  /** Unique in the cluster, for people to read. */
  String name();

  Kind kind();

  void assign(String lease, Work work, ActorRef<WorkReply> replyTo);

  /** The slots of a node that it consists of. */
  default List<? extends WorkerSlot> members() {
    return List.of(this);
  }

  /** A device with its three actors, which take turns. */
  record Device(
      String name,
      ComputeDevice device,
      ActorRef<SamplerActor.Command> sampler,
      ActorRef<ReferenceActor.Command> reference,
      ActorRef<PolicyActor.Command> policy)
      implements WorkerSlot {

    @Override
    public Kind kind() {
      return Kind.DEVICE;
    }

    @Override
    public void assign(String lease, Work work, ActorRef<WorkReply> replyTo) {
      if (work instanceof Work.SampleShard shard) {
        sampler.tell(new SamplerActor.SampleShard(lease, shard, replyTo));
      } else if (work instanceof Work.ResampleShard shard) {
        sampler.tell(new SamplerActor.ResampleShard(lease, shard, replyTo));
      } else if (work instanceof Work.ScoreShard shard) {
        reference.tell(new ReferenceActor.ScoreShard(lease, shard, replyTo));
      } else if (work instanceof Work.TrainReplica replica) {
        policy.tell(new PolicyActor.TrainReplica(lease, replica, replyTo));
      } else if (work instanceof Work.TrainReplicas replicas) {
        assign(lease, replicas, List.of(device), replyTo);
      } else if (work instanceof Work.FineTune fineTune) {
        policy.tell(new PolicyActor.FineTune(lease, fineTune, replyTo));
      }
    }

    private void assign(
        String lease,
        Work.TrainReplicas replicas,
        List<ComputeDevice> devices,
        ActorRef<WorkReply> replyTo) {
      policy.tell(new PolicyActor.TrainReplicas(lease, replicas, devices, replyTo));
    }
  }

  /**
   * Devices of one node that train together. The first one's policy actor computes on all of them;
   * the others' actors have nothing to do meanwhile.
   *
   * @param members at least one
   */
  record Gang(List<Device> members) implements WorkerSlot {

    @Override
    public String name() {
      return members.get(0).name() + " and " + (members.size() - 1) + " more";
    }

    @Override
    public Kind kind() {
      return Kind.DEVICE;
    }

    @Override
    public void assign(String lease, Work work, ActorRef<WorkReply> replyTo) {
      members
          .get(0)
          .assign(
              lease,
              (Work.TrainReplicas) work,
              members.stream().map(Device::device).toList(),
              replyTo);
    }
  }

  /** A node's preference actor. */
  record Labeller(String name, ActorRef<PreferenceActor.Command> preferences)
      implements WorkerSlot {

    @Override
    public Kind kind() {
      return Kind.LABELLER;
    }

    @Override
    public void assign(String lease, Work work, ActorRef<WorkReply> replyTo) {
      preferences.tell(new PreferenceActor.LabelShard(lease, (Work.LabelShard) work, replyTo));
    }
  }

  /** The coordinator's own parameter actor. */
  record Parameters(String name, ActorRef<ParameterActor.Command> parameters)
      implements WorkerSlot {

    @Override
    public Kind kind() {
      return Kind.PARAMETERS;
    }

    @Override
    public void assign(String lease, Work work, ActorRef<WorkReply> replyTo) {
      parameters.tell(new ParameterActor.Perform(lease, (Work.OnParameters) work, replyTo));
    }
  }
}
