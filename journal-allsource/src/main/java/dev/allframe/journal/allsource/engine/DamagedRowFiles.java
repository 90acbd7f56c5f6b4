package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.segment.SegmentMeta;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Segments of an open store whose row file could not be read and whose Parquet file was: the Parquet file is read until
 * the store is opened anew. Thread-safe.
 */
final class DamagedRowFiles {

    private static final Logger LOG = System.getLogger(DamagedRowFiles.class.getName());

    private final Set<Long> ids = ConcurrentHashMap.newKeySet();

    boolean has(SegmentMeta segment) {
        return ids.contains(segment.id());
    }

    /** The rows of a segment were read from its Parquet file, because its row file is damaged. Warns once. */
    void found(SegmentMeta segment, Exception damage) {
        if (ids.add(segment.id())) {
            LOG.log(Level.WARNING, "the row file of segment " + segment.id()
                    + " cannot be read, and its Parquet file is read instead, which is slower; nothing is lost."
                    + " Close the store; 'store verify' looks for more damage, and 'store compact' writes the segment"
                    + " anew: " + damage.getMessage());
        }
    }
}
