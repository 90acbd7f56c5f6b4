package dev.allframe.store.view;

/** The tables of a generation. The names are on disk and never change. */
public enum ViewTable {
    /** What the generation was made by and from, its position, its counters. */
    META("meta"),
    /** The rows by their keys. */
    ROWS("rows"),
    /** The entries of the indexes; they have no value. */
    INDEXES("indexes"),
    /** The parked streams, and what is known of them. */
    PARKED("parked");

    private final String stored;

    ViewTable(String stored) {
        this.stored = stored;
    }

    /** Its name on disk. */
    public String stored() {
        return stored;
    }
}
