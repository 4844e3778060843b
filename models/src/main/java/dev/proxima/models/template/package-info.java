/**
 * Chat templates in Jinja, as Hugging Face's {@code apply_chat_template} renders them. HubSpot's
 * Jinjava does the work; the classes beside {@link dev.proxima.models.template.ChatTemplate} give
 * it Jinja2's grammar and Python's methods where it differs.
 */
package dev.proxima.models.template;
