/**
 * The command line {@code bank}. Read {@link dev.allframe.sample.bank.cli.Bank} first; each command is a class,
 * {@code OpenBank} starts and stops the runtime for it.
 *
 * <p>The only package that knows files' names on the command line, formats for people and machines, and exit codes.
 * Runs on the main thread.
 */
@NullMarked
package dev.allframe.sample.bank.cli;

import org.jspecify.annotations.NullMarked;
