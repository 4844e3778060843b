package dev.proxima.actors.dataplane;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who pulls from whom in a broadcast: a tree in which everybody serves at most {@code k} others, so
 * that the origin's uplink carries {@code k} copies however many nodes there are; k = 1 makes a
 * chain. A node's sources are its nearest ancestors and at last the origin, so a node whose
 * ancestors died still gets the artefact, and nobody waits in a circle.
 */
public final class FanOut {

  /** Ancestors that a node tries before the origin. */
  private static final int ANCESTORS = 3;

  private FanOut() {}

  /**
   * The sources of each node, in the order in which it should try them. They depend on nothing but
   * the arguments.
   *
   * @param origin who has the artefact
   * @param nodes who should get it, those that serve others first; the origin among them is passed
   *     over, a node named twice counts once
   * @param k how many nodes one serves while all live, at least 1
   */
  public static Map<DataPlaneAddress, List<DataPlaneAddress>> sources(
      DataPlaneAddress origin, List<DataPlaneAddress> nodes, int k) {
    if (k < 1) {
      throw new IllegalArgumentException("a fan-out of " + k + " reaches nobody; use at least 1");
    }
    Set<DataPlaneAddress> distinct = new LinkedHashSet<>();
    distinct.add(origin);
    distinct.addAll(nodes);
    List<DataPlaneAddress> tree = List.copyOf(distinct);
    Map<DataPlaneAddress, List<DataPlaneAddress>> sources = new LinkedHashMap<>();
    for (int i = 1; i < tree.size(); i++) {
      sources.put(tree.get(i), ancestors(tree, i, k));
    }
    return sources;
  }

  /** The tree lies in its list as a k-ary heap does, the origin at index 0. */
  private static List<DataPlaneAddress> ancestors(List<DataPlaneAddress> tree, int index, int k) {
    List<DataPlaneAddress> ancestors = new ArrayList<>();
    int i = parent(index, k);
    while (i > 0 && ancestors.size() < ANCESTORS) {
      ancestors.add(tree.get(i));
      i = parent(i, k);
    }
    ancestors.add(tree.get(0));
    return List.copyOf(ancestors);
  }

  private static int parent(int index, int k) {
    return (index - 1) / k;
  }
}
