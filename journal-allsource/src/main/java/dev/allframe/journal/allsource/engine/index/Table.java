package dev.allframe.journal.allsource.engine.index;

import dev.allframe.journal.allsource.tables.TableName;
import java.util.EnumSet;
import java.util.Set;

/**
 * A table of keys and values; the names are on disk. What keys and values are is said by {@link IndexFormat} and
 * {@link StateFormat}.
 */
public enum Table implements TableName {
    /** Format, store, counters. In both stores. */
    META("meta"),
    /** Index: each stream's version. */
    STREAMS("streams"),
    /** Index: where a stream's rows are. */
    RANGES("ranges"),
    /** Index: which segments have rows with a name. */
    NAMES("names"),
    /** Index: the segments that are in it. */
    SEGMENTS("segments"),
    /** Index: what each segment put into the other tables. */
    CONTENTS("contents"),
    /** State: snapshots. */
    SNAPSHOTS("snapshots"),
    /** State: the last change of each durable state. */
    STATES("states"),
    /** State: the durable states in the order of their last changes. */
    CHANGES("changes"),
    /** State: up to where a stream was deleted. */
    DELETED("deleted"),
    /** State: stored types of events. */
    TYPES("types");

    /** The tables of the index. */
    public static final Set<Table> INDEX = EnumSet.of(META, STREAMS, RANGES, NAMES, SEGMENTS, CONTENTS);

    /** The tables of the state. */
    public static final Set<Table> STATE = EnumSet.of(META, SNAPSHOTS, STATES, CHANGES, DELETED, TYPES);

    private final String stored;

    Table(String stored) {
        this.stored = stored;
    }

    @Override
    public String stored() {
        return stored;
    }
}
