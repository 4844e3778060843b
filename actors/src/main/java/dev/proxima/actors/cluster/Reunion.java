package dev.proxima.actors.cluster;

import dev.proxima.actors.serialization.CborSerializable;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;

/**
 * Brings a cluster together that has come to be two. The first seed node forms a cluster by itself
 * where it is started while the others do not answer in time, as under a partition or on a busy
 * machine; nothing would ever join the two. So every node asks the seed nodes that are not in its
 * cluster for the members of theirs, and those of the smaller cluster leave, to be started again
 * and join the larger one.
 */
public final class Reunion extends AbstractBehavior<Reunion.Command> {

  public sealed interface Command extends CborSerializable {}

  /** Who is in your cluster? */
  public record Introduce(ActorRef<Members> replyTo) implements Command {}

  /**
   * @param incarnations of the nodes that are up, each unique over time; empty before this one is
   */
  public record Members(SortedSet<String> incarnations) implements Command {}

  private record Look() implements Command {}

  static final String NAME = "reunion";

  private static final Duration INTERVAL = Duration.ofSeconds(3);

  private final Cluster cluster;
  private final List<String> seeds;
  private final Runnable leave;

  /**
   * @param seeds the addresses of actor systems
   * @param leave has this node leave and its process end; called at most once
   */
  static Behavior<Command> create(List<String> seeds, Runnable leave) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new Reunion(context, timers, List.copyOf(seeds), leave)));
  }

  private Reunion(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      List<String> seeds,
      Runnable leave) {
    super(context);
    this.cluster = Cluster.get(context.getSystem());
    this.seeds = seeds;
    this.leave = leave;
    timers.startTimerWithFixedDelay(new Look(), INTERVAL);
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Look.class, this::onLook)
        .onMessage(Introduce.class, this::onIntroduce)
        .onMessage(Members.class, this::onMembers)
        .build();
  }

  private Behavior<Command> onLook(Look look) {
    SortedSet<String> known = new TreeSet<>();
    cluster.state().getMembers().forEach(member -> known.add(member.address().toString()));
    for (String seed : seeds) {
      if (!known.contains(seed)) {
        Adapter.toClassic(getContext().getSystem())
            .actorSelection(seed + "/user/" + NAME)
            .tell(new Introduce(getContext().getSelf().narrow()), null);
      }
    }
    return this;
  }

  private Behavior<Command> onIntroduce(Introduce introduce) {
    introduce.replyTo().tell(new Members(members()));
    return this;
  }

  private Behavior<Command> onMembers(Members theirs) {
    SortedSet<String> ours = members();
    if (!mustLeave(ours, theirs.incarnations())) {
      return this;
    }
    getContext()
        .getLog()
        .warn(
            "this node is in a cluster of {} beside one of {}; it leaves to join that one",
            ours.size(),
            theirs.incarnations().size());
    leave.run();
    return Behaviors.stopped();
  }

  /**
   * Whether the members of a cluster give way to those of another: the smaller does, and of two
   * that are as large one and the same, whoever asks.
   */
  static boolean mustLeave(SortedSet<String> ours, SortedSet<String> theirs) {
    if (ours.isEmpty() || theirs.isEmpty() || !Collections.disjoint(ours, theirs)) {
      return false;
    }
    return ours.size() == theirs.size()
        ? ours.first().compareTo(theirs.first()) > 0
        : ours.size() < theirs.size();
  }

  private SortedSet<String> members() {
    SortedSet<String> incarnations = new TreeSet<>();
    if (cluster.selfMember().status().equals(MemberStatus.up())) {
      for (Member member : cluster.state().getMembers()) {
        if (member.status().equals(MemberStatus.up())) {
          incarnations.add(member.uniqueAddress().toString());
        }
      }
    }
    return incarnations;
  }
}
