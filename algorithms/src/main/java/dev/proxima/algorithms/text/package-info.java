/**
 * What people type and read: the name that they probably meant, used by every registry that refuses
 * an unknown one, and what went wrong in one line.
 */
package dev.proxima.algorithms.text;
