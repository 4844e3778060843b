package dev.proxima.actors.work;

import dev.proxima.actors.serialization.CborSerializable;
import org.apache.pekko.actor.typed.ActorRef;

/** A worker's order to do one work; every worker's command is one of these. */
public interface Assignment extends CborSerializable {

  /** The lease under which it is given, unique over all incarnations of the coordinator. */
  String lease();

  Work work();

  /** Where progress and, on every path, one result go. */
  ActorRef<WorkReply> replyTo();
}
