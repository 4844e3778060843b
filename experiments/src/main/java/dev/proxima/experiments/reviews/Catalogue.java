package dev.proxima.experiments.reviews;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The products that are reviewed. */
final class Catalogue {

  /**
   * A kind of product.
   *
   * @param aspects what a review of it may speak of; each a single word
   */
  record Kind(String name, List<String> aspects) {}

  static final List<String> BRANDS =
      List.of(
          "Aurora", "Nimbus", "Vertex", "Solara", "Kestrel", "Orion", "Juniper", "Atlas", "Cobalt",
          "Willow", "Falcon", "Ember", "Harbour", "Zephyr", "Lumen", "Tundra", "Maple", "Quartz",
          "Comet", "Sable", "Delta", "Onyx", "Pioneer", "Meadow");

  static final List<Kind> KINDS =
      List.of(
          kind("desk lamp", "battery cable design finish price size"),
          kind("kettle", "cable design handle price speed weight"),
          kind("blender", "design handle motor price sound speed"),
          kind("toaster", "cable design finish price size speed"),
          kind("backpack", "design fabric price size strap zipper"),
          kind("suitcase", "finish handle price size weight zipper"),
          kind("jacket", "design fabric price size weight zipper"),
          kind("tent", "design fabric price size weight zipper"),
          kind("headset", "battery design price software sound weight"),
          kind("speaker", "battery design price size software sound"),
          kind("radio", "battery design price screen size sound"),
          kind("phone", "battery price screen software sound speed"),
          kind("tablet", "battery price screen software speed weight"),
          kind("laptop", "battery keyboard price screen speed weight"),
          kind("camera", "battery lens price screen strap weight"),
          kind("watch", "battery design price screen software strap"),
          kind("printer", "cable price screen software sound speed"),
          kind("scooter", "battery design finish handle motor price"),
          kind("drill", "battery handle motor price speed weight"),
          kind("vacuum", "battery cable handle motor price sound"),
          kind("mixer", "design handle motor price sound weight"),
          kind("guitar", "design finish price sound strap weight"),
          kind("piano", "finish keyboard price size sound weight"),
          kind("telescope", "design finish lens price size weight"));

  /** Every aspect of every kind. */
  static final Set<String> ASPECTS =
      KINDS.stream()
          .flatMap(kind -> kind.aspects().stream())
          .collect(Collectors.toCollection(TreeSet::new));

  private Catalogue() {}

  /** All names as text. */
  static Stream<String> literals() {
    return Stream.of(BRANDS.stream(), KINDS.stream().map(Kind::name), ASPECTS.stream())
        .flatMap(names -> names);
  }

  private static Kind kind(String name, String aspects) {
    return new Kind(name, List.of(aspects.split(" ")));
  }
}
