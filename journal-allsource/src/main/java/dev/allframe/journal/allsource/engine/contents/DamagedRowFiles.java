package dev.allframe.journal.allsource.engine.contents;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.segment.SegmentMeta;
import dev.allframe.store.CorruptStoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.NoSuchFileException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Segments of an open store whose row file is damaged and whose Parquet file is whole: the Parquet file is read until
 * the store is opened anew. Thread-safe.
 */
public final class DamagedRowFiles {

    private static final Logger LOG = System.getLogger(DamagedRowFiles.class.getName());

    private final Set<Long> ids = ConcurrentHashMap.newKeySet();
    private final Set<Long> warned = ConcurrentHashMap.newKeySet();

    boolean has(SegmentMeta segment) {
        return ids.contains(segment.id());
    }

    /**
     * The rows of a segment were read from its Parquet file, because its row file cannot be read. Warns once. Where the
     * disk fails without a word on the contents, as with too many open files, the next read tries the row file again.
     */
    void found(SegmentMeta segment, Exception failure) {
        if (failure instanceof CorruptStoreException || failure instanceof NoSuchFileException) {
            ids.add(segment.id());
        }
        if (warned.add(segment.id())) {
            LOG.log(Level.WARNING, "the row file of segment " + segment.id()
                    + " cannot be read, and its Parquet file is read instead, which is slower; nothing is lost."
                    + " Close the store; 'store verify' looks for more damage, and 'store compact' writes the segment"
                    + " anew: " + Failures.message(failure));
        }
    }
}
