package dev.allframe.journal.allsource.engine.contents;

/**
 * When a tail segment is ended.
 *
 * @param bytes of its entries in the log
 * @param events how many it has
 */
public record TailLimits(long bytes, int events) {}
