/** Low-rank adapters as files: which layers have them, PEFT's folders, merging. */
package dev.proxima.models.lora;
