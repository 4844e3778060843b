/** Files on disk: written whole or not at all, and named by their checksums. */
package dev.proxima.models.io;
