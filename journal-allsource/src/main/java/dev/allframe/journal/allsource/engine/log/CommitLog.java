package dev.allframe.journal.allsource.engine.log;

import java.io.Closeable;
import java.io.IOException;

/**
 * Where entries become durable, in order. One thread, the partition's, calls it.
 *
 * <p>{@link #append} puts an entry behind the others, {@link #force} makes all of them durable. After a failure of
 * either the log takes nothing more: only reopening tells what it holds. The one exception is
 * {@link dev.allframe.journal.allsource.engine.io.NoSpaceException} from {@link #append}: then nothing of the entry was
 * written, and the same call may succeed later.
 */
public interface CommitLog extends Closeable {

    /**
     * Puts an entry behind the last.
     *
     * @return its number, one above that of the last
     */
    long append(LogEntry entry) throws IOException;

    /** Makes everything appended durable. Costs nothing where nothing was appended. */
    void force() throws IOException;

    /**
     * To be called when nothing was appended for a while. Forces what has not been, and writes, without forcing it, how
     * far the log was forced.
     */
    void idle() throws IOException;

    /** The number of the last entry, 0 for none. */
    long lastLsn();

    /** Bytes in the segment that is being written. */
    long segmentBytes();

    /**
     * Ends the segment that is being written, so that a new one begins with the next entry.
     *
     * @return the number of the last entry of the ended segment
     */
    long roll() throws IOException;

    /** Deletes the segments of which every entry has a number up to this one. */
    void releaseTo(long lsn) throws IOException;
}
