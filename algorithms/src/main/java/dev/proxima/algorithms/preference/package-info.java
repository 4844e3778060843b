/**
 * Preferences between responses: how they arise from rewards, and which two responses of a prompt
 * become its pair.
 */
package dev.proxima.algorithms.preference;
