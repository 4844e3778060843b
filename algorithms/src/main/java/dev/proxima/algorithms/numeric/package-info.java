/**
 * Elementary functions that stay accurate where the textbook form overflows or cancels. Everything
 * logistic in this module goes through here.
 */
package dev.proxima.algorithms.numeric;
