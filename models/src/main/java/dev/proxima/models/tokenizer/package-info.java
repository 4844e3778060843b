/**
 * Text as tokens: the contract of a tokenizer, the training of a byte-level one, and the rendering
 * of a conversation.
 */
package dev.proxima.models.tokenizer;
