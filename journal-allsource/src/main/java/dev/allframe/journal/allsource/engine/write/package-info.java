/**
 * The way of a write: {@link dev.allframe.journal.allsource.engine.write.Partition} takes what has arrived,
 * {@link dev.allframe.journal.allsource.engine.write.Admission} makes entries of it against a
 * {@link dev.allframe.journal.allsource.engine.write.Speculation}, a
 * {@link dev.allframe.journal.allsource.engine.log.GroupLog} makes the group durable, and then it is applied, see
 * {@code contents}, and answered. A tail segment that is full goes to {@code upkeep}.
 */
@NullMarked
package dev.allframe.journal.allsource.engine.write;

import org.jspecify.annotations.NullMarked;
