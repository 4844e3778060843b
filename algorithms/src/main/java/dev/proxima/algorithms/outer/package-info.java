/**
 * The outer loop of accelerated preference optimisation: proximal steps and extrapolation between
 * them, whatever a policy is made of.
 */
package dev.proxima.algorithms.outer;
