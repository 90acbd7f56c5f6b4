package dev.allframe.journal.allsource.engine.index;

/** What keeps the tables of a test. */
enum Backing {
    MEMORY, ROCKS
}
