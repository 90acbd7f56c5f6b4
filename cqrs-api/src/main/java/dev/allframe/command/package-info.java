/**
 * Sending commands and what comes back. Read {@link dev.allframe.command.CommandBus} first, then
 * {@link dev.allframe.command.CommandResult}.
 *
 * <p>Everything a caller must react to is a value of a sealed type here; exceptions mean that something is broken.
 * Imports the aggregate and store packages; knows no actor.
 */
@NullMarked
package dev.allframe.command;

import org.jspecify.annotations.NullMarked;
