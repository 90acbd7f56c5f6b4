/**
 * What a storage has of the events of each aggregate, and whether today's code can read it. Read
 * {@link dev.allframe.runtime.evolution.StartCheck} first. Runs when AllFrame starts, on its caller's thread.
 */
@NullMarked
package dev.allframe.runtime.evolution;

import org.jspecify.annotations.NullMarked;
