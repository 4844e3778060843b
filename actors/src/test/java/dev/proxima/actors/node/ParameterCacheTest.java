package dev.proxima.actors.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.artifacts.ArtifactStore;
import dev.proxima.actors.artifacts.FolderStore;
import dev.proxima.actors.fixtures.Runs;
import dev.proxima.actors.node.ParameterCache.Acquire;
import dev.proxima.actors.node.ParameterCache.Available;
import dev.proxima.actors.node.ParameterCache.Prefetch;
import dev.proxima.actors.node.ParameterCache.Reply;
import dev.proxima.actors.node.ParameterCache.Unavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParameterCacheTest {

  private static final ArtifactId MISSING = new ArtifactId("0".repeat(64));

  @TempDir Path folder;
  private ArtifactStore store;
  private BehaviorTestKit<ParameterCache.Command> cache;
  private final TestInbox<Reply> replies = TestInbox.create();

  @BeforeEach
  void start() {
    store = new FolderStore(folder);
    cache = BehaviorTestKit.create(ParameterCache.create(store));
  }

  @Test
  void handsOutTheFileOfAVersion() {
    ArtifactId version = Runs.parameters(store, 1, 2);
    cache.run(new Prefetch(version));
    assertThat(acquire(version)).isEqualTo(new Available(version, store.read(version)));
  }

  @Test
  void aMissingVersionIsUnavailableForGood() {
    cache.run(new Prefetch(MISSING));
    assertThat(replies.hasMessages()).isFalse();
    Unavailable reply = (Unavailable) acquire(MISSING);
    assertThat(reply.permanent()).isTrue();
    assertThat(reply.reason()).contains(MISSING.sha256()).hasLineCount(1);
  }

  @Test
  void aDamagedVersionIsUnavailableForGood() throws IOException {
    Path file = file(MISSING);
    Files.writeString(file, "damaged");
    Unavailable reply = (Unavailable) acquire(MISSING);
    assertThat(reply.permanent()).isTrue();
    assertThat(reply.reason()).contains(file.toString(), "wrong checksum").hasLineCount(1);
  }

  /** A folder in the file's place stands for a disk that fails. */
  @Test
  void aVersionThatCannotBeReadIsUnavailableForNow() throws IOException {
    Files.createDirectories(file(MISSING));
    cache.run(new Prefetch(MISSING));
    Unavailable reply = (Unavailable) acquire(MISSING);
    assertThat(reply.permanent()).isFalse();
    assertThat(reply.reason()).contains(file(MISSING).toString(), "cannot be read").hasLineCount(1);
  }

  private Path file(ArtifactId id) throws IOException {
    Path file = folder.resolve(id.sha256().substring(0, 2)).resolve(id.sha256());
    Files.createDirectories(file.getParent());
    return file;
  }

  private Reply acquire(ArtifactId version) {
    cache.run(new Acquire(version, replies.getRef()));
    Reply reply = replies.receiveMessage();
    assertThat(replies.hasMessages()).isFalse();
    return reply;
  }
}
