package dev.allframe.journal.allsource.engine;

/**
 * When a tail segment is ended.
 *
 * @param bytes of its entries in the log
 * @param events how many it has
 */
record TailLimits(long bytes, int events) {}
