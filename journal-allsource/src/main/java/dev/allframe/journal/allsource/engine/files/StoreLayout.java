package dev.allframe.journal.allsource.engine.files;

/**
 * The names in the directory of a store: files in capitals, directories in small letters. What stands in them has names
 * of its own: {@link dev.allframe.journal.allsource.engine.wal.WalFormat} gives them in the log,
 * {@link dev.allframe.journal.allsource.engine.segment.SegmentFile} among the segments, RocksDB in the rest.
 */
public final class StoreLayout {

    /** Which store it is; written last where one is created or copied, so that without it there is none. */
    public static final String STORE = "STORE";

    /** Locked by the process that has the store open. */
    public static final String LOCK = "LOCK";

    /** Who that is, in words. */
    public static final String OWNER = "OWNER";

    /** Which segments count. */
    public static final String MANIFEST = "MANIFEST";

    /** The log. */
    public static final String LOG = "log";

    /** Sealed events. */
    public static final String SEGMENTS = "segments";

    /** Durable states, snapshots, deletes and counters, as tables. */
    public static final String STATE = "state";

    /** Where streams and tags are found in segments, as tables; computed anew where it is missing. */
    public static final String INDEX = "index";

    /** Views, as tables; computed anew where they are missing. */
    public static final String VIEWS = "views";

    /** Hard links to what a tool reads of a store that is open; deleted when it has ended. */
    public static final String IMAGES = "images";

    private StoreLayout() {}
}
