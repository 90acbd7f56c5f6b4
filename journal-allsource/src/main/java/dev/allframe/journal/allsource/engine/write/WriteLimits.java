package dev.allframe.journal.allsource.engine.write;

import dev.allframe.journal.allsource.engine.contents.TailLimits;
import java.time.Duration;

/**
 * The numbers of the write path.
 *
 * @param recordBytes the largest record, as {@link dev.allframe.store.Append#largestRecordBytes()} counts
 * @param entryBytes the largest entry of the log
 * @param groupBytes a group is committed when it has so many
 * @param waitingBytes so many may wait for the writer, besides groups of a journal, which has one in flight
 * @param tail when a tail segment is ended, and given to the sealer
 * @param sealAfter a tail segment is also ended when its oldest entry is so old
 */
public record WriteLimits(int recordBytes, int entryBytes, long groupBytes, long waitingBytes,
        TailLimits tail, Duration sealAfter) {}
