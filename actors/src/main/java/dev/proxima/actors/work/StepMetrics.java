package dev.proxima.actors.work;

import dev.proxima.actors.serialization.CborSerializable;
import java.util.SortedMap;

/**
 * One optimiser step.
 *
 * @param iteration 0 for supervised fine-tuning
 * @param step 1 .. {@code steps}
 * @param values by the ecosystem's names: {@code loss}, {@code grad_norm}, {@code learning_rate},
 *     {@code tokens}, {@code rewards/margins}, {@code logps/chosen}, ...
 */
public record StepMetrics(
    int iteration, int replica, int step, int steps, SortedMap<String, Double> values)
    implements CborSerializable {}
