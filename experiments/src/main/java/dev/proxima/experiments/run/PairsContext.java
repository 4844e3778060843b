package dev.proxima.experiments.run;

import dev.proxima.experiments.config.PairsConfig;
import dev.proxima.experiments.terminal.Terminal;
import dev.proxima.models.djl.TorchEngine;
import java.util.function.BooleanSupplier;

/**
 * What a {@link PairsTask} works with.
 *
 * @param stop asked before each piece of work
 */
record PairsContext<C extends PairsConfig>(
    C config, GivenPairs given, TorchEngine engine, Terminal terminal, BooleanSupplier stop) {}
