/**
 * Names that people type: what they probably meant. Used by every registry that refuses an unknown
 * name.
 */
package dev.proxima.algorithms.text;
