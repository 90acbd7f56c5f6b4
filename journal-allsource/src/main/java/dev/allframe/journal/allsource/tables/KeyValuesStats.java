package dev.allframe.journal.allsource.tables;

/**
 * What tables take.
 *
 * @param diskBytes bytes of files
 * @param unflushedBytes bytes of memory that wait to be flushed
 */
public record KeyValuesStats(long diskBytes, long unflushedBytes) {}
