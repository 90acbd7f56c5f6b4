/**
 * Tests of the whole engine under power losses, failing disks, damage and kills. Read
 * {@link dev.allframe.journal.allsource.engine.StoreLife} first: it holds a store that lives through crashes, and
 * compares it with a plain {@link dev.allframe.journal.allsource.engine.Model}.
 */
@NullMarked
package dev.allframe.journal.allsource.engine;

import org.jspecify.annotations.NullMarked;
