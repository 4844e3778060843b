/** JSON files of a model: read with errors of one line, written beside and renamed. */
package dev.proxima.models.json;
