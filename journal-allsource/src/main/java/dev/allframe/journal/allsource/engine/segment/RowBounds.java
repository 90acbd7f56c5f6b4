package dev.allframe.journal.allsource.engine.segment;

/**
 * What is known of all rows of a segment.
 *
 * @param rows how many, one or more
 * @param firstPosition the lowest position
 * @param lastPosition the highest
 * @param minMillis the earliest time, in ms since 1970
 * @param maxMillis the latest
 */
record RowBounds(int rows, long firstPosition, long lastPosition, long minMillis, long maxMillis) {}
