package dev.proxima.experiments.cluster;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.MemberStatus;

/** Whether a node is a full member of its cluster; named in {@code proxima-bootstrap.conf}. */
public final class Readiness implements Supplier<CompletionStage<Boolean>> {

  private final Cluster cluster;

  public Readiness(ActorSystem system) {
    this.cluster = Cluster.get(system);
  }

  @Override
  public CompletionStage<Boolean> get() {
    return CompletableFuture.completedStage(
        cluster.selfMember().status().equals(MemberStatus.up()));
  }
}
