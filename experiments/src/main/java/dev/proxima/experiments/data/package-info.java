/**
 * JSONL data under the ecosystem's field names: preference pairs, prompts, fine-tuning examples.
 */
package dev.proxima.experiments.data;
