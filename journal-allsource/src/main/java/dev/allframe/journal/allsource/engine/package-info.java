/**
 * The store engine. {@link dev.allframe.journal.allsource.engine.Engine} joins its parts,
 * {@link dev.allframe.journal.allsource.engine.Opening} opens them, and
 * {@link dev.allframe.journal.allsource.engine.EngineBackend} is the door for callers. Data flows one way:
 *
 * <pre>{@code
 * append -> write -> log (wal) -> contents -> upkeep -> segment, index
 *                                    |                       |
 *                                    +-------- read <--------+
 * }</pre>
 *
 * Read {@code write} first, then {@code contents}, {@code upkeep} and {@code read}; {@code closed} has the tools. None
 * of these packages knows this one, and none knows an actor.
 */
@NullMarked
package dev.allframe.journal.allsource.engine;

import org.jspecify.annotations.NullMarked;
