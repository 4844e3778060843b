package dev.proxima.models.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.proxima.algorithms.objective.LossAndGradient;
import dev.proxima.algorithms.objective.PairDetail;
import dev.proxima.algorithms.objective.PairLogps;
import dev.proxima.algorithms.objective.PreferenceObjective;
import dev.proxima.models.EngineOptions;
import dev.proxima.models.Share;
import dev.proxima.models.TokenPair;
import dev.proxima.models.TokenSequence;
import dev.proxima.models.TrainingRing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Passes over batches that are cut into shares, on several devices (data parallelism), in one
 * process or in those of a ring. Each share's gradient is computed by itself, from zero; they are
 * added up in the order of the shares, in float32. So the result does not depend on which device
 * computes which share, or on how many there are, as long as they are of a kind. An objective that
 * couples the batch sees all of it, at one more forward pass.
 *
 * <p>Within a process gradients are handed over as native tensors; on the device of the trained
 * parameters those are shared, on another one they are copied before each pass. A share's gradient
 * is added up while later shares are being computed, but not before its own pass is through: DJL
 * has no hook for a gradient that has become complete on the way.
 */
@SuppressWarnings("try") // GradMode is held, never used
final class SharedPasses implements BatchPasses {

  /** Floats that are added up and sent at a time, or one row where that is longer. */
  private static final long PART = 1 << 22;

  /** A device at work on one share at a time, with gradients of its own. */
  private record Host(TrainedDecoder decoder, DevicePasses passes) {

    void zeroGradients() {
      decoder.arrays().forEach(array -> JniUtils.zeroGrad((PtNDArray) array));
    }
  }

  /** Finds some rows of numbers about a share. */
  @FunctionalInterface
  private interface Pass {
    double[][] over(Share share, DevicePasses passes);
  }

  @FunctionalInterface
  private interface HostedPass {
    void over(int share, Host host);
  }

  private final TrainedDecoder decoder;
  private final ShareHosts shares;
  private final List<Host> hosts = new ArrayList<>();
  private final ExecutorService threads;

  /**
   * @param decoder whose trained arrays hold the sum of the shares' gradients
   * @param shares are computed by devices in turn, of which this process's first has the calling
   *     thread; no more than there are shares are used
   */
  SharedPasses(
      TrainedDecoder decoder, EngineOptions engine, int microBatchTokens, ShareHosts shares) {
    this.decoder = decoder;
    this.shares = shares;
    int used = Math.min(shares.shares(), shares.devices().size());
    for (Device device : shares.devices().subList(0, used)) {
      TrainedDecoder own = decoder.alias(device);
      own.arrays().forEach(Ops::requireGradient);
      hosts.add(new Host(own, new DevicePasses(own, engine, microBatchTokens)));
    }
    threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "gradients");
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public void begin(int step) {
    hosts.forEach(host -> host.passes().begin(step));
  }

  @Override
  public double[] likelihood(List<TokenSequence> batch, double[] weights) {
    double[][][] found =
        backward(
            cut(batch),
            (share, passes) ->
                new double[][] {
                  passes.likelihood(
                      share.of(batch), Arrays.copyOfRange(weights, share.begin(), share.end()))
                });
    return joined(found, 0);
  }

  @Override
  public Evaluated preference(List<TokenPair> batch, PreferenceObjective objective) {
    Optional<LossAndGradient> coupled =
        objective.couplesBatch()
            ? Optional.of(objective.apply(score(batch, objective)))
            : Optional.empty();
    double[][][] found =
        backward(
            cut(batch),
            (share, passes) -> {
              Evaluated some =
                  passes.preference(
                      share.of(batch),
                      objective,
                      batch.size(),
                      coupled.map(result -> result.at(share.positions())));
              return new double[][] {some.losses(), some.chosen(), some.rejected()};
            });
    return new Evaluated(joined(found, 0), joined(found, 1), joined(found, 2));
  }

  @Override
  public PairLogps score(List<TokenPair> batch, PreferenceObjective objective) {
    boolean collides = objective.needs().contains(PairDetail.COLLISIONS);
    List<Share> cut = cut(batch);
    double[][][] tokenLogps = new double[cut.size()][][];
    double[][][] collisions = new double[cut.size()][][];
    onHosts(
        cut.size(),
        new OrderedReduction(0),
        Optional.empty(),
        (k, host) -> {
          List<TokenPair> pairs = cut.get(k).of(batch);
          tokenLogps[k] = host.passes().tokenLogps(pairs);
          if (collides) {
            collisions[k] = host.passes().collisions(pairs);
          }
        });
    return new PairInputs(batch)
        .logps(
            objective,
            pairRows(complete(tokenLogps), cut),
            collides ? Optional.of(pairRows(complete(collisions), cut)) : Optional.empty());
  }

  private List<Share> cut(List<?> batch) {
    return Share.cut(batch.size(), shares.shares());
  }

  @Override
  public void close() {
    threads.shutdown();
    hosts.forEach(host -> host.decoder().parameters().close());
  }

  /**
   * Adds the gradients of all shares, in their order, to those of the trained parameters.
   *
   * @return what the pass has found about each share, of whichever process
   */
  private double[][][] backward(List<Share> cut, Pass pass) {
    double[][][] found = new double[cut.size()][][];
    try (NDManager scope = decoder.parameters().manager().newSubManager()) {
      List<PtNDArray> sums = gradients(decoder, scope);
      OrderedReduction reduction = new OrderedReduction(sums.size());
      Optional<RingReduction> ring =
          shares.ring().map(each -> new RingReduction(each, shares, cut.size(), reduction, sums));
      onHosts(
          cut.size(),
          reduction,
          ring,
          (k, host) -> {
            host.zeroGradients();
            found[k] = pass.over(cut.get(k), host.passes());
            addUp(k, host, sums, reduction, ring);
          });
    }
    return complete(found);
  }

  private static void addUp(
      int share,
      Host host,
      List<PtNDArray> sums,
      OrderedReduction reduction,
      Optional<RingReduction> ring) {
    try (GradMode still = GradMode.off();
        NDManager scope = host.decoder().parameters().manager().newSubManager()) {
      List<PtNDArray> own = gradients(host.decoder(), scope);
      for (int i = 0; i < own.size(); i++) {
        int part = i;
        NDArray sum = sums.get(i);
        NDArray gradient = own.get(i).toDevice(sum.getDevice(), false);
        gradient.attach(scope);
        reduction.add(
            share,
            i,
            () -> {
              sum.addi(gradient);
              ring.ifPresent(each -> each.added(share, part));
            });
      }
    }
  }

  /** Tells the other members of a ring what was found here, and takes what they have found. */
  private double[][][] complete(double[][][] found) {
    shares.ring().ifPresent(ring -> new RingGather(ring, threads).complete(found));
    return found;
  }

  /** Lets each device do the shares whose turn it has, and waits for all of them and the ring. */
  private void onHosts(
      int count, OrderedReduction reduction, Optional<RingReduction> ring, HostedPass pass) {
    hosts.forEach(this::update);
    List<CompletableFuture<Void>> running = new ArrayList<>();
    ring.ifPresent(each -> running.add(run(each::receiveAll, reduction, threads)));
    for (int h = hosts.size() - 1; h >= 0; h--) {
      int host = h;
      running.add(
          run(() -> onHost(host, count, pass), reduction, h == 0 ? Runnable::run : threads));
    }
    running.forEach(CompletableFuture::join);
    reduction.check();
  }

  private void onHost(int h, int count, HostedPass pass) {
    for (int share = shares.before() + h; share < count; share += shares.all()) {
      pass.over(share, hosts.get(h));
    }
  }

  /** Where something fails, nothing waits for it: not here, and not in the ring. */
  private CompletableFuture<Void> run(Runnable step, OrderedReduction reduction, Executor thread) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            step.run();
          } catch (RuntimeException | Error e) {
            reduction.fail(e);
            shares.ring().ifPresent(TrainingRing::close);
          }
        },
        thread);
  }

  /** Copies what is trained to a host on another device. */
  private void update(Host host) {
    try (GradMode still = GradMode.off()) {
      for (int i = 0; i < decoder.arrays().size(); i++) {
        NDArray trained = decoder.arrays().get(i);
        NDArray own = host.decoder().arrays().get(i);
        if (!own.getDevice().equals(trained.getDevice())) {
          Ops.setRows(own, trained, 0, trained.getShape().get(0));
        }
      }
    }
  }

  /** The gradients of the trained arrays, in parts. */
  private static List<PtNDArray> gradients(TrainedDecoder decoder, NDManager scope) {
    List<PtNDArray> parts = new ArrayList<>();
    for (NDArray array : decoder.arrays()) {
      PtNDArray gradient = JniUtils.getGradient((PtNDArray) array);
      gradient.attach(scope);
      long rows = gradient.getShape().get(0);
      long step = Math.max(1, PART / (gradient.size() / rows));
      for (long row = 0; row < rows; row += step) {
        NDArray part = Ops.slice(gradient, 0, row, Math.min(row + step, rows));
        part.attach(scope);
        parts.add((PtNDArray) part);
      }
    }
    return parts;
  }

  /** One row of each share, one after the other. */
  private static double[] joined(double[][][] found, int row) {
    return Arrays.stream(found).flatMapToDouble(share -> Arrays.stream(share[row])).toArray();
  }

  /** Rows of chosen responses, and behind them those of rejected ones. */
  private static double[][] pairRows(double[][][] found, List<Share> cut) {
    int n = cut.get(cut.size() - 1).end();
    double[][] all = new double[2 * n][];
    for (int k = 0; k < found.length; k++) {
      Share share = cut.get(k);
      System.arraycopy(found[k], 0, all, share.begin(), share.size());
      System.arraycopy(found[k], share.size(), all, n + share.begin(), share.size());
    }
    return all;
  }
}
