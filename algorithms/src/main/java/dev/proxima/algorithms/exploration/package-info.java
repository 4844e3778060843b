/**
 * OPTune's economical exploration (Chen et al. 2024, arXiv 2406.07657): which prompts are worth new
 * responses in an iteration, and what that saves.
 */
package dev.proxima.algorithms.exploration;
