/**
 * The command bus over actors: checks, asks, and turns what can go wrong into results. Read
 * {@link dev.allframe.runtime.command.ActorCommandBus} first. Callable from any thread.
 */
@NullMarked
package dev.allframe.runtime.command;

import org.jspecify.annotations.NullMarked;
