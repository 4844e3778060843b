package dev.proxima.actors.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ReunionTest {

  private static final SortedSet<String> NOBODY = members();

  @Test
  void theSmallerClusterGivesWay() {
    assertThat(Reunion.mustLeave(members("a"), members("b", "c"))).isTrue();
    assertThat(Reunion.mustLeave(members("b", "c"), members("a"))).isFalse();
  }

  @Test
  void ofTwoThatAreAsLargeExactlyOneGivesWay() {
    assertThat(Reunion.mustLeave(members("a", "d"), members("b", "c"))).isFalse();
    assertThat(Reunion.mustLeave(members("b", "c"), members("a", "d"))).isTrue();
  }

  @Test
  void membersOfOneClusterStayHoweverTheyLagBehind() {
    assertThat(Reunion.mustLeave(members("a"), members("a", "b", "c"))).isFalse();
    assertThat(Reunion.mustLeave(members("c"), members("a", "b", "c"))).isFalse();
  }

  @Test
  void whoIsNotYetUpConcernsNobody() {
    assertThat(Reunion.mustLeave(NOBODY, members("a", "b"))).isFalse();
    assertThat(Reunion.mustLeave(members("a"), NOBODY)).isFalse();
  }

  private static SortedSet<String> members(String... names) {
    return new TreeSet<>(List.of(names));
  }
}
