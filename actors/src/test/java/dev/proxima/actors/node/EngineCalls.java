package dev.proxima.actors.node;

import dev.proxima.actors.fixtures.UnigramEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records the engine's calls with their threads, and does once what was asked for at one. */
final class EngineCalls implements UnigramEngine.Probe {

  record Call(String name, String thread) {}

  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final Map<String, Runnable> once = new ConcurrentHashMap<>();

  /** At the next such call, does {@code what}, which may throw. */
  EngineCalls at(String call, Runnable what) {
    once.put(call, what);
    return this;
  }

  /** Throws at the next such call. */
  EngineCalls failAt(String call) {
    return at(
        call,
        () -> {
          throw new IllegalStateException(call + " failed");
        });
  }

  @Override
  public void called(String call) {
    calls.add(new Call(call, Thread.currentThread().getName()));
    Runnable what = once.remove(call);
    if (what != null) {
      what.run();
    }
  }

  List<Call> all() {
    return new ArrayList<>(calls);
  }

  List<String> names() {
    return calls.stream().map(Call::name).toList();
  }
}
