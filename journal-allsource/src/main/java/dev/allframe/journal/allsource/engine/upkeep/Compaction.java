package dev.allframe.journal.allsource.engine.upkeep;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.contents.Contents;
import dev.allframe.journal.allsource.engine.contents.SealedSegment;
import dev.allframe.journal.allsource.engine.contents.View;
import dev.allframe.journal.allsource.engine.index.Location;
import dev.allframe.journal.allsource.engine.segment.MergedRows;
import dev.allframe.journal.allsource.engine.segment.SealedRows;
import dev.allframe.journal.allsource.engine.segment.SegmentFile;
import dev.allframe.journal.allsource.engine.segment.SegmentLimits;
import dev.allframe.journal.allsource.engine.segment.SegmentMeta;
import dev.allframe.journal.allsource.engine.upkeep.CompactionPolicy.Candidate;
import dev.allframe.journal.allsource.engine.upkeep.CompactionPolicy.Choice;
import dev.allframe.journal.allsource.engine.upkeep.Segments.Written;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.StoreFullException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes neighbouring segments into one, without the rows that are deleted.
 *
 * <h2>Order</h2> The new segment's files, without what was deleted by entries that stand forced in the log; a view in
 * which readers find old and new segments by id; the manifest, which decides; the index, in one batch; a view with the
 * new segment in the old ones' place. The files of the old ones are deleted when the last view that has them is
 * released. A crash before the manifest leaves files that it does not name, and one after it leaves the old files,
 * which it does not name either: both are deleted when the store is opened. An index that is behind is brought up to
 * the manifest then. Where the index finds no room, the next step begins with it.
 *
 * <h2>Readers</h2> The index names either all old segments or the new one; a reader whose view lacks what the index
 * names takes a newer view.
 *
 * <h2>Damage</h2> Every row is read from bytes that have their checksums, or nothing changes. Where one of a segment's
 * two files is damaged, the other is read, and a thorough compaction writes the segment anew. What could not be read is
 * left alone until the store is opened anew.
 *
 * <p>Runs on the compactor's thread.
 */
public final class Compaction {

    private static final Logger LOG = System.getLogger(Compaction.class.getName());

    /**
     * Deleted rows are counted again when so many more events were deleted, an eighth of the rows of a full segment.
     */
    private static final long RECOUNT_AFTER = SegmentLimits.MAX_ROWS / 8;

    private final Segments segments;
    private final Publication publication;
    private final Contents contents;
    /** Segments of which something could not be read, and why. */
    private final Map<Long, EventStoreException> leftAlone = new LinkedHashMap<>();
    /** Segments whose files were compared with their checksums already, while all are. */
    private final Set<Long> whole = new HashSet<>();
    private final Map<Long, Long> deletedRows = new HashMap<>();
    private boolean broken;
    /** What the manifest has, and the index has found no room for. */
    private @Nullable Replacement unfinished;
    private long countedStreams;
    private long countedAt;

    /** Compacts these segments. */
    public Compaction(Segments segments, Publication publication, Contents contents) {
        this.segments = segments;
        this.publication = publication;
        this.contents = contents;
    }

    /** Ends a compaction that is under way, before it has changed anything. */
    public static final class StoppedException extends RuntimeException {

        private static final long serialVersionUID = 1;

        public StoppedException() {
            super("the store is being closed");
        }
    }

    /** One segment, or none, in the place of neighbours. */
    private record Replacement(List<SealedSegment> old, Optional<Written> written, Publication.Change change,
            long droppedRows) {

        CompactionReport report() {
            return new CompactionReport(old.size(), written.isPresent() ? 1 : 0, droppedRows);
        }
    }

    /**
     * Does what a policy wants next.
     *
     * @param stopping asked for each row
     * @return what was done; nothing where there was nothing to do
     * @throws StoppedException if it had to stop
     * @throws StoreFullException if the index has no room; what was begun is finished by the next call
     * @throws IOException if the disk fails; nothing was deleted
     * @throws RuntimeException if a segment cannot be read; nothing was changed
     */
    CompactionReport step(CompactionPolicy policy, BooleanSupplier stopping) throws IOException {
        View view = contents.acquire();
        try {
            Replacement begun = unfinished;
            if (begun != null) {
                return publish(begun);
            }
            count(policy);
            Choice choice = broken ? Choice.NOTHING : policy.choose(candidates(view.sealed));
            if (choice.equals(Choice.NOTHING) && policy == CompactionPolicy.THOROUGH && !broken) {
                choice = damaged(view.sealed, stopping);
            }
            return choice.equals(Choice.NOTHING)
                    ? CompactionReport.NOTHING
                    : replace(view.sealed.subList(choice.from(), choice.until()), stopping);
        } finally {
            view.release();
        }
    }

    /** The first segment one of whose files is damaged and the other is not, to be written anew. */
    private Choice damaged(List<SealedSegment> sealed, BooleanSupplier stopping) {
        for (int at = 0; at < sealed.size(); at++) {
            SealedSegment segment = sealed.get(at);
            if (!leftAlone.containsKey(segment.id()) && whole.add(segment.id())) {
                if (stopping.getAsBoolean()) {
                    throw new StoppedException();
                }
                try {
                    if (!segments.isWhole(segment)) {
                        return new Choice(at, at + 1);
                    }
                } catch (CorruptStoreException both) {
                    leftAlone.put(segment.id(), both);
                } catch (IOException | UncheckedIOException both) {
                    leftAlone.put(segment.id(), new StoreFailedException(segment + " cannot be read: "
                            + Failures.message(both), both));
                }
            }
        }
        whole.clear(); // the next time looks anew
        return Choice.NOTHING;
    }

    /** How many segments are not touched any more because something of them could not be read. */
    int leftAlone() {
        return leftAlone.size();
    }

    /**
     * Why not all could be compacted: what is known already, or the damage of what is left alone; null where nothing
     * is.
     */
    @Nullable EventStoreException damage(@Nullable EventStoreException known) {
        return known != null || leftAlone.isEmpty() ? known : leftAlone.values().iterator().next();
    }

    /** Counts the deleted rows of every segment anew where enough was deleted since. */
    private void count(CompactionPolicy policy) {
        long deletedEvents = contents.state().counters().deletedEvents();
        // Counting asks the index once for each stream with deletes, so that it is done the less often the more of them
        // there are.
        long enough = policy == CompactionPolicy.THOROUGH ? 1 : Math.max(RECOUNT_AFTER, countedStreams / 8);
        if (deletedEvents - countedAt < enough) {
            return;
        }
        deletedRows.clear();
        countedStreams = 0;
        contents.state().forEachDeleted((stream, to) -> {
            countedStreams++;
            for (Location location : contents.index().locate(stream, 1, to, Long.MAX_VALUE)) {
                deletedRows.merge(location.segmentId(), (long) location.rows(), Long::sum);
            }
        });
        countedAt = deletedEvents;
    }

    private List<Candidate> candidates(List<SealedSegment> sealed) {
        List<Candidate> candidates = new ArrayList<>(sealed.size());
        for (SealedSegment segment : sealed) {
            SegmentMeta meta = segment.meta();
            long deleted = Math.min(deletedRows.getOrDefault(meta.id(), 0L), meta.rows());
            long rawBytes = meta.payloadBytes().isPresent()
                    ? meta.payloadBytes().getAsLong() + (long) Segments.ROW_BYTES * meta.rows()
                    : SegmentLimits.TARGET_RAW_BYTES;
            candidates.add(new Candidate(meta.rows(), deleted, rawBytes, !leftAlone.containsKey(meta.id())));
        }
        return candidates;
    }

    private CompactionReport replace(List<SealedSegment> old, BooleanSupplier stopping) throws IOException {
        Kept kept = new Kept(contents.state());
        Optional<Written> written = write(old, kept, stopping);
        written.ifPresent(made -> whole.add(made.meta().id())); // else a bad disk would have it written for ever
        return publish(new Replacement(old, written, publication.replaced(old, written), kept.droppedRows()));
    }

    private Optional<Written> write(List<SealedSegment> old, Kept kept, BooleanSupplier stopping) throws IOException {
        try {
            return merge(old, kept, stopping);
        } catch (StoppedException stopped) {
            throw stopped;
        } catch (RuntimeException | Error unreadable) {
            leaveAlone(old, unreadable instanceof EventStoreException told
                    ? told
                    : new StoreFailedException(old + " cannot be read: " + Failures.message(unreadable), unreadable));
            throw unreadable;
        }
    }

    private Optional<Written> merge(List<SealedSegment> old, Kept kept, BooleanSupplier stopping) throws IOException {
        List<SealedRows> sources = new ArrayList<>();
        try {
            for (SealedSegment segment : old) {
                verify(segment);
                sources.add(segment.open());
            }
            return merge(old, sources, kept, stopping);
        } finally {
            sources.forEach(Compaction::close);
        }
    }

    private static void close(SealedRows source) {
        try {
            source.close();
        } catch (IOException failed) {
            LOG.log(Level.WARNING, source + " could not be closed", failed);
        }
    }

    private Optional<Written> merge(List<SealedSegment> old, List<SealedRows> sources, Kept kept,
            BooleanSupplier stopping) throws IOException {
        MergedRows merged = new MergedRows(sources, row -> {
            if (stopping.getAsBoolean()) {
                throw new StoppedException();
            }
            return kept.test(row);
        });
        Optional<Written> written = merged.hasNext() ? Optional.of(segments.write(merged)) : Optional.empty();
        long rows = old.stream().mapToLong(segment -> segment.meta().rows()).sum();
        if (kept.seenRows() != rows) {
            written.ifPresent(publication::discard);
            throw new CorruptStoreException(old + " have " + kept.seenRows() + " rows, and the manifest says " + rows);
        }
        return written;
    }

    private void verify(SealedSegment segment) throws IOException {
        segments.verifyRowFile(segment); // if damaged, it is not read from then on
        if (!segment.readsRowFile()) {
            segments.verifyParquet(segment.meta());
        }
    }

    /** Leaves alone those that cannot be read by themselves; all where each of them can. */
    private void leaveAlone(List<SealedSegment> old, EventStoreException reason) {
        Set<Long> damaged = new HashSet<>();
        Set<Long> all = new HashSet<>();
        for (SealedSegment segment : old) {
            all.add(segment.id());
            if (!isReadable(segment)) {
                damaged.add(segment.id());
            }
        }
        (damaged.isEmpty() ? all : damaged).forEach(id -> leftAlone.put(id, reason));
    }

    private boolean isReadable(SealedSegment segment) {
        try {
            verify(segment);
            return countRows(segment) == segment.meta().rows();
        } catch (IOException | RuntimeException | Error unreadable) {
            return false;
        }
    }

    private static int countRows(SealedSegment segment) throws IOException {
        int rows = 0;
        try (SealedRows opened = segment.open()) {
            for (Iterator<?> all = opened.rows(); all.hasNext(); all.next()) {
                rows++;
            }
        }
        return rows;
    }

    private CompactionReport publish(Replacement replacement) throws IOException {
        unfinished = null;
        try {
            replacement.change.publish();
        } catch (IOException | RuntimeException | Error failed) {
            if (replacement.change.isUndone()) {
                publication.takeBack(replacement.written);
            } else if (failed instanceof StoreFullException && replacement.change.isDecided()) {
                unfinished = replacement;
            } else {
                broken = true; // readers find old and new ones, whichever the index names; nothing is deleted
            }
            throw failed;
        }
        replacement.old.forEach(segment -> segments.deleteUnread(segment, SegmentFile.values()));
        return replacement.report();
    }
}
