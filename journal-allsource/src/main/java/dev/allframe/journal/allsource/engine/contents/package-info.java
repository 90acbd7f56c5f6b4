/**
 * What a store holds, and what readers see of it. {@link dev.allframe.journal.allsource.engine.contents.Applier} is the
 * one way in: an entry of the log goes through it into the tail segment and the state. A
 * {@link dev.allframe.journal.allsource.engine.contents.View} is what is there at one moment: sealed segments, then
 * tail segments. The way on, from a tail segment into files, is {@code upkeep}; the way out is {@code read}.
 */
@NullMarked
package dev.allframe.journal.allsource.engine.contents;

import org.jspecify.annotations.NullMarked;
