/** The command line {@code proxima}: its commands, exit statuses and messages. */
package dev.proxima.experiments;
