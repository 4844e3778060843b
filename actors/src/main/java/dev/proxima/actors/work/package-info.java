/** The units of a run's work and the messages by which workers are given them and answer. */
package dev.proxima.actors.work;
