package dev.proxima.experiments.run;

import dev.proxima.actors.artifacts.ArtifactId;
import dev.proxima.actors.run.RunEvent.WorkStarted;
import dev.proxima.actors.run.RunSpec;
import dev.proxima.actors.run.RunSpec.PairSource;
import dev.proxima.actors.work.Work;
import dev.proxima.actors.work.Work.Purpose;
import dev.proxima.algorithms.outer.ReferenceUpdate;
import java.util.Optional;

/** Which stage of a run, as people speak of it, a work begins. */
final class Stages {

  /** Before the first stage; a resumed run can begin with work that starts none. */
  static final Stage NONE = new Stage("", 0, "");

  private final RunSpec spec;

  Stages(RunSpec spec) {
    this.spec = spec;
  }

  /**
   * A stage; two are the same if their names are.
   *
   * @param name such as "apo 2/3 training"
   * @param total units in it, 0 where the work itself will tell
   */
  record Stage(String name, long total, String unit) {}

  /** The stage that a work belongs to; empty where it stays in the current one. */
  Optional<Stage> of(WorkStarted started) {
    Work work = started.work();
    if (work instanceof Work.FineTune) {
      return Optional.of(new Stage("fine-tuning", 0, "steps"));
    } else if (work instanceof Work.Training) {
      return Optional.of(new Stage(name(started, "training"), 0, "steps"));
    } else if (work instanceof Work.SampleShard sample) {
      return Optional.of(
          sample.purpose() == Purpose.TRAINING
              ? preparation(started, "sampling")
              : evaluation(started));
    } else if (work instanceof Work.ResampleShard) {
      return Optional.of(preparation(started, "sampling"));
    } else if (work instanceof Work.ScoreShard score && spec.data().source() == PairSource.GIVEN) {
      return Optional.of(
          isHeldOut(score.responses()) ? evaluation(started) : preparation(started, "scoring"));
    }
    return Optional.empty();
  }

  private Stage preparation(WorkStarted started, String what) {
    int shards = spec.data().iterations().get(started.iteration() - 1).size();
    return new Stage(name(started, what), shards, "shards");
  }

  /**
   * The proximal policy and, where it is another one, the extrapolated policy; after a restart,
   * which is not known here, the alphas and so the number of shards may be others.
   */
  private Stage evaluation(WorkStarted started) {
    String method = started.methods().iterator().next();
    boolean extrapolates =
        started.iteration() > 0
            && spec.settings().methods().stream()
                .filter(each -> each.name().equals(method))
                .map(each -> each.outerLoop().reference().alphaAt(started.iteration()))
                .anyMatch(alpha -> alpha != 0 && alpha != ReferenceUpdate.KEEP);
    int shards =
        (spec.data().evaluation().size() + spec.data().answered().size()) * (extrapolates ? 2 : 1);
    return new Stage(numbered(method, started.iteration(), "evaluation"), shards, "shards");
  }

  private boolean isHeldOut(ArtifactId shard) {
    return spec.data().evaluation().contains(shard);
  }

  private String name(WorkStarted started, String what) {
    return numbered(String.join(" and ", started.methods()), started.iteration(), what);
  }

  private String numbered(String methods, int iteration, String what) {
    return iteration == 0
        ? what + " of the fine-tuned model"
        : "%s %d/%d %s".formatted(methods, iteration, spec.data().iterations().size(), what);
  }
}
