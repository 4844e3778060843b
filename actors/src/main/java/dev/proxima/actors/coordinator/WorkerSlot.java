package dev.proxima.actors.coordinator;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.proxima.actors.dataplane.DataPlaneAddress;
import dev.proxima.actors.dataplane.RingSeat;
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
  @JsonSubTypes.Type(value = WorkerSlot.Ring.class, name = "ring"),
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

  /**
   * A device with its three actors, which take turns.
   *
   * @param dataPlane where its node is reached by others that it trains together with; null where
   *     it is not
   */
  record Device(
      String name,
      ComputeDevice device,
      DataPlaneAddress dataPlane,
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
        train(lease, replicas, List.of(device), null, replyTo);
      } else if (work instanceof Work.FineTune fineTune) {
        policy.tell(new PolicyActor.FineTune(lease, fineTune, replyTo));
      }
    }

    private void train(
        String lease,
        Work.TrainReplicas replicas,
        List<ComputeDevice> devices,
        RingSeat seat,
        ActorRef<WorkReply> replyTo) {
      policy.tell(new PolicyActor.TrainReplicas(lease, replicas, devices, seat, replyTo));
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
      assign(lease, work, null, replyTo);
    }

    private void assign(String lease, Work work, RingSeat seat, ActorRef<WorkReply> replyTo) {
      members
          .get(0)
          .train(
              lease,
              (Work.TrainReplicas) work,
              members.stream().map(Device::device).toList(),
              seat,
              replyTo);
    }
  }

  /**
   * Devices of several nodes that train together. The first gang holds the lease and answers with
   * the result; each of the others has a lease of its own, under which it says when it is free.
   *
   * @param gangs one of each node, at least two, by rank
   */
  record Ring(List<Gang> gangs) implements WorkerSlot {

    @Override
    public String name() {
      int devices = gangs.stream().mapToInt(gang -> gang.members().size()).sum();
      return gangs.get(0).members().get(0).name() + " and " + (devices - 1) + " more";
    }

    @Override
    public Kind kind() {
      return Kind.DEVICE;
    }

    @Override
    public List<? extends WorkerSlot> members() {
      return gangs.get(0).members();
    }

    @Override
    public void assign(String lease, Work work, ActorRef<WorkReply> replyTo) {
      List<Integer> devices = gangs.stream().map(gang -> gang.members().size()).toList();
      for (int rank = 0; rank < gangs.size(); rank++) {
        Device next = gangs.get((rank + 1) % gangs.size()).members().get(0);
        gangs
            .get(rank)
            .assign(
                lease(lease, rank),
                work,
                new RingSeat(lease, rank, devices, next.dataPlane()),
                replyTo);
      }
    }

    /** The lease of the gang of this rank. */
    static String lease(String ring, int rank) {
      return rank == 0 ? ring : ring + "/" + rank;
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
