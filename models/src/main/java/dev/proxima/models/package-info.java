/** Language models: what the rest of Proxima sees of them, and their Hugging Face folders. */
package dev.proxima.models;
