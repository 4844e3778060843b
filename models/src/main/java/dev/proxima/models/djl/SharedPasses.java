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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Passes over batches that are cut into shares, on several devices (data parallelism). Each share's
 * gradient is computed by itself, from zero; they are added up in the order of the shares, in
 * float32. So the result does not depend on which device computes which share, or on how many there
 * are, as long as they are of a kind. An objective that couples the batch sees all of it, at one
 * more forward pass.
 *
 * <p>Gradients are handed over as native tensors; on the device of the trained parameters those are
 * shared, on another one they are copied before each pass. A share's gradient is added up while
 * later shares are being computed, but not before its own pass is through: DJL has no hook for a
 * gradient that has become complete on the way.
 */
@SuppressWarnings("try") // GradMode is held, never used
final class SharedPasses implements BatchPasses {

  /** A device at work on one share at a time, with gradients of its own. */
  private record Host(TrainedDecoder decoder, DevicePasses passes) {

    void zeroGradients() {
      decoder.arrays().forEach(array -> JniUtils.zeroGrad((PtNDArray) array));
    }
  }

  @FunctionalInterface
  private interface Pass {
    void over(Share share, DevicePasses passes);
  }

  @FunctionalInterface
  private interface HostedPass {
    void over(int share, Host host);
  }

  private final TrainedDecoder decoder;
  private final int shares;
  private final List<Host> hosts = new ArrayList<>();
  private final ExecutorService threads;

  /**
   * @param decoder whose trained arrays hold the sum of the shares' gradients
   * @param devices that compute the shares in turn, the first of them on the calling thread; no
   *     more than there are shares are used
   */
  SharedPasses(
      TrainedDecoder decoder,
      EngineOptions engine,
      int microBatchTokens,
      List<Device> devices,
      int shares) {
    this.decoder = decoder;
    this.shares = shares;
    for (Device device : devices.subList(0, Math.min(shares, devices.size()))) {
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
    double[] logps = new double[batch.size()];
    backward(
        Share.cut(batch.size(), shares),
        (share, passes) ->
            put(
                passes.likelihood(
                    share.of(batch), Arrays.copyOfRange(weights, share.begin(), share.end())),
                share,
                logps));
    return logps;
  }

  @Override
  public Evaluated preference(List<TokenPair> batch, PreferenceObjective objective) {
    int n = batch.size();
    Evaluated all = new Evaluated(new double[n], new double[n], new double[n]);
    Optional<LossAndGradient> coupled =
        objective.couplesBatch()
            ? Optional.of(objective.apply(score(batch, objective)))
            : Optional.empty();
    backward(
        Share.cut(n, shares),
        (share, passes) -> {
          Evaluated some =
              passes.preference(
                  share.of(batch),
                  objective,
                  n,
                  coupled.map(result -> result.at(share.positions())));
          put(some.losses(), share, all.losses());
          put(some.chosen(), share, all.chosen());
          put(some.rejected(), share, all.rejected());
        });
    return all;
  }

  @Override
  public PairLogps score(List<TokenPair> batch, PreferenceObjective objective) {
    int n = batch.size();
    double[][] tokenLogps = new double[2 * n][];
    Optional<double[][]> collisions =
        objective.needs().contains(PairDetail.COLLISIONS)
            ? Optional.of(new double[2 * n][])
            : Optional.empty();
    List<Share> cut = Share.cut(n, shares);
    OrderedReduction nothing = new OrderedReduction(0);
    onHosts(
        cut.size(),
        nothing,
        (k, host) -> {
          Share share = cut.get(k);
          List<TokenPair> pairs = share.of(batch);
          put(host.passes().tokenLogps(pairs), share, tokenLogps);
          collisions.ifPresent(rows -> put(host.passes().collisions(pairs), share, rows));
        });
    return new PairInputs(batch).logps(objective, tokenLogps, collisions);
  }

  @Override
  public void close() {
    threads.shutdown();
    hosts.forEach(host -> host.decoder().parameters().close());
  }

  /** Adds the gradients of all shares, in their order, to those of the trained parameters. */
  private void backward(List<Share> cut, Pass pass) {
    try (NDManager scope = decoder.parameters().manager().newSubManager()) {
      List<PtNDArray> sums = gradients(decoder, scope);
      OrderedReduction reduction = new OrderedReduction(sums.size());
      onHosts(
          cut.size(),
          reduction,
          (k, host) -> {
            host.zeroGradients();
            pass.over(cut.get(k), host.passes());
            addUp(k, host, sums, reduction);
          });
    }
  }

  private static void addUp(
      int share, Host host, List<PtNDArray> sums, OrderedReduction reduction) {
    try (GradMode still = GradMode.off();
        NDManager scope = host.decoder().parameters().manager().newSubManager()) {
      List<PtNDArray> own = gradients(host.decoder(), scope);
      for (int i = 0; i < own.size(); i++) {
        NDArray sum = sums.get(i);
        NDArray gradient = own.get(i).toDevice(sum.getDevice(), false);
        gradient.attach(scope);
        reduction.add(share, i, () -> sum.addi(gradient));
      }
    }
  }

  /** Lets host h do the shares h, h + the number of hosts, ..., and waits for all of them. */
  private void onHosts(int count, OrderedReduction reduction, HostedPass pass) {
    hosts.forEach(this::update);
    List<CompletableFuture<Void>> running = new ArrayList<>();
    for (int h = Math.min(count, hosts.size()) - 1; h >= 0; h--) {
      int host = h;
      running.add(
          CompletableFuture.runAsync(
              () -> onHost(host, count, reduction, pass), h == 0 ? Runnable::run : threads));
    }
    CompletionException failure = null;
    for (CompletableFuture<Void> each : running) {
      try {
        each.join();
      } catch (CompletionException e) {
        failure =
            failure == null || failure.getCause() instanceof CancellationException ? e : failure;
      }
    }
    if (failure != null) {
      throw failure.getCause() instanceof RuntimeException cause ? cause : failure;
    }
  }

  private void onHost(int h, int count, OrderedReduction reduction, HostedPass pass) {
    try {
      for (int share = h; share < count; share += hosts.size()) {
        pass.over(share, hosts.get(h));
      }
    } catch (RuntimeException | Error e) {
      reduction.cancel();
      throw e;
    }
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

  private static List<PtNDArray> gradients(TrainedDecoder decoder, NDManager scope) {
    List<PtNDArray> gradients = new ArrayList<>();
    for (NDArray array : decoder.arrays()) {
      PtNDArray gradient = JniUtils.getGradient((PtNDArray) array);
      gradient.attach(scope);
      gradients.add(gradient);
    }
    return gradients;
  }

  private static void put(double[] some, Share share, double[] all) {
    System.arraycopy(some, 0, all, share.begin(), share.size());
  }

  /** Rows of chosen responses, and behind them those of rejected ones. */
  private static void put(double[][] some, Share share, double[][] all) {
    System.arraycopy(some, 0, all, share.begin(), share.size());
    System.arraycopy(some, share.size(), all, all.length / 2 + share.begin(), share.size());
  }
}
