package dev.allframe.journal.allsource.tables;

/** Names a table of keys and values. Whoever keeps tables lists them, usually as an enum: equal means the same one. */
public interface TableName {

    /** Its name on disk. */
    String stored();
}
