/** Evaluation of judgements that come from outside: win rates of models against a baseline. */
package dev.proxima.experiments.evaluation;
