/**
 * Random draws addressed by what they are for, so that a run can be replayed. A draw never depends
 * on the history of the worker that makes it.
 */
package dev.proxima.algorithms.random;
