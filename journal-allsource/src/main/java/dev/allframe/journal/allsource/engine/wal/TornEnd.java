package dev.allframe.journal.allsource.engine.wal;

import dev.allframe.store.CorruptStoreException;
import java.nio.file.Path;

/** Tells the torn end of a log from damage. */
interface TornEnd {

    /**
     * Looks behind the last whole record of the last segment.
     *
     * @param file the segment
     * @param bytes its bytes
     * @param from where the first record stands that is not whole
     * @param to where the rest of the file is zeros
     * @param fileBytes the length of the file
     * @param lsn the number that the record should have
     * @param checksum of the segment's records
     * @throws CorruptStoreException if the record is damaged
     */
    void check(Path file, byte[] bytes, int from, int to, int fileBytes, long lsn, WalFormat.Checksum checksum);

    /**
     * It is damage where a whole record, anywhere behind, says that the log was forced up to the bad one or beyond: the
     * bad one was whole on the disk then.
     *
     * <p>Without padding, records may begin at any byte, and a bad length says nothing about where the next begins. So
     * every offset is tried, and almost every one fails at its length, number or claim, before any checksum is
     * computed. A record of a group that was never forced makes no such claim, so a power loss alone leaves none whose
     * checksum must be computed. Bytes that make many such claims in vain, as a payload might that somebody has made up
     * for that, are refused when the checksums have read the file four times over: the time is bounded, and nothing is
     * cut in doubt.
     */
    TornEnd UNLESS_A_RECORD_PROVES_IT_FORCED = (file, bytes, from, to, fileBytes, lsn, checksum) -> {
        long maxLsn = lsn + fileBytes / WalFormat.MARK_BYTES;
        long budget = 4L * fileBytes;
        for (int at = from; at < to; at++) {
            if (!WalFormat.Checksum.fits(bytes, at, fileBytes)) {
                continue;
            }
            long found = WalFormat.lsn(bytes, at);
            if (found > lsn && found <= maxLsn && WalFormat.forcedLsn(bytes, at) >= lsn) {
                if (checksum.isWhole(bytes, at, fileBytes)) {
                    throw CorruptStoreException.at(file, from, "entry " + lsn + " is damaged: entry " + found
                            + " at offset " + at + " says that it was forced");
                }
                budget -= WalFormat.length(bytes, at);
                if (budget < 0) {
                    throw CorruptStoreException.at(file, from, "entry " + lsn
                            + " is not whole, and too much behind it looks like records to tell whether it was forced");
                }
            }
        }
    };
}
