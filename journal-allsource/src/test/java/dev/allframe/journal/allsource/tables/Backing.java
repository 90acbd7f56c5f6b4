package dev.allframe.journal.allsource.tables;

/** What keeps the tables of a test. */
public enum Backing {
    MEMORY, ROCKS
}
