package dev.allframe.journal.allsource.engine.upkeep;

import dev.allframe.journal.allsource.engine.segment.SegmentLimits;
import java.util.List;

/** Chooses which segments are made into one. */
enum CompactionPolicy {

    /**
     * What pays by itself. Neighbours are merged where the result has at least twice the rows of the largest of them: a
     * row is then written again at most log2(131,072) = 17 times, whatever the sizes. And where there are
     * {@link #FEWEST} of them, or the result is half full, so that a trickle of tiny segments is not merged two by two.
     * A single segment is rewritten where a quarter of its rows is deleted: a deleted row then takes room for no more
     * than three others, and removing it costs no more than the writing of three.
     */
    AUTOMATIC {
        @Override
        boolean merges(Sum sum) {
            return sum.liveRows >= 2 * sum.largestRows
                    && (sum.segments >= FEWEST || sum.liveRows >= SegmentLimits.MAX_ROWS / 2
                            || sum.rawBytes >= SegmentLimits.TARGET_RAW_BYTES / 2);
        }

        @Override
        boolean rewrites(Candidate segment) {
            return segment.deletedRows * 4 >= segment.rows && segment.deletedRows > 0;
        }
    },

    /** Whatever makes segments fewer or removes a deleted row. */
    THOROUGH {
        @Override
        boolean merges(Sum sum) {
            return true;
        }

        @Override
        boolean rewrites(Candidate segment) {
            return segment.deletedRows > 0;
        }
    };

    private static final int FEWEST = 4;

    /**
     * So many segments are read at once, of each of which a few hundred rows or the pages of a row group are in memory.
     */
    private static final int MOST = 32;

    /**
     * A segment that may be compacted.
     *
     * @param rows how many it has
     * @param deletedRows how many of them are deleted, at least
     * @param rawBytes of all its rows, about
     * @param usable whether it may be touched
     */
    record Candidate(int rows, long deletedRows, long rawBytes, boolean usable) {

        long liveRows() {
            return rows - deletedRows;
        }
    }

    /** Neighbours. */
    static final class Sum {

        private int segments;
        private long liveRows;
        private long largestRows;
        private long rawBytes;

        void add(Candidate next) {
            segments++;
            liveRows += next.liveRows();
            largestRows = Math.max(largestRows, next.liveRows());
            rawBytes += next.rawBytes;
        }

        boolean fits() {
            return segments <= MOST && liveRows <= SegmentLimits.MAX_ROWS
                    && rawBytes <= SegmentLimits.TARGET_RAW_BYTES;
        }
    }

    /**
     * Which to make into one next.
     *
     * @param from the place of the first
     * @param until the place behind the last; the same where there is nothing to do
     */
    record Choice(int from, int until) {

        static final Choice NOTHING = new Choice(0, 0);
    }

    abstract boolean merges(Sum sum);

    abstract boolean rewrites(Candidate segment);

    /** The first neighbours that are worth it, as many as fit; else the first single one. */
    Choice choose(List<Candidate> segments) {
        for (int from = 0; from < segments.size(); from++) {
            int until = mergeFrom(segments, from);
            if (until > from) {
                return new Choice(from, until);
            }
        }
        for (int at = 0; at < segments.size(); at++) {
            if (segments.get(at).usable && rewrites(segments.get(at))) {
                return new Choice(at, at + 1);
            }
        }
        return Choice.NOTHING;
    }

    private int mergeFrom(List<Candidate> segments, int from) {
        Sum sum = new Sum();
        int best = from;
        for (int next = from; next < segments.size() && segments.get(next).usable; next++) {
            sum.add(segments.get(next));
            if (!sum.fits()) {
                break;
            }
            if (sum.segments >= 2 && merges(sum)) {
                best = next + 1;
            }
        }
        return best;
    }
}
