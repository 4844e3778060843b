/**
 * Reading and writing tensors in the <a
 * href="https://huggingface.co/docs/safetensors">safetensors</a> format: an 8-byte little-endian
 * header length, a JSON header, then the tensors' bytes without gaps.
 */
package dev.proxima.models.safetensors;
