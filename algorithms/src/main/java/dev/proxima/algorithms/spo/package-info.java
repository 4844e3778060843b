/**
 * Stable preference optimisation (SPO; Jian et al. 2025, arXiv 2507.07723): the bilevel problem
 * whose upper level is a preference objective and whose lower level is supervised fine-tuning on
 * the preferred responses, as a plug-in over any pairwise objective.
 */
package dev.proxima.algorithms.spo;
