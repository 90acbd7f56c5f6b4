package dev.allframe.journal.allsource.engine.upkeep;

import dev.allframe.journal.allsource.engine.contents.Contents;
import dev.allframe.journal.allsource.engine.contents.SealedSegment;
import dev.allframe.journal.allsource.engine.contents.TailSegment;
import dev.allframe.journal.allsource.engine.index.StreamIndex;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.NoSpaceException;
import dev.allframe.journal.allsource.engine.segment.Manifest;
import dev.allframe.journal.allsource.engine.segment.SegmentMeta;
import dev.allframe.journal.allsource.engine.upkeep.Segments.Written;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes public what has become of segments: the one way by which manifest, index and view of an open store change,
 * whoever has written the files. The manifest on disk comes first and decides; the index follows, and then what readers
 * see. A crash between two of them leaves a store that opens: an index that is behind is brought up to the manifest.
 *
 * <h2>Failures</h2> A {@link Change} that failed before the manifest was replaced has changed nothing. One that failed
 * behind it, for want of room in the index, is tried again and goes on where it stopped. Where it is not certain which
 * manifest a failure has left, none is written any more, and nothing is deleted.
 *
 * <p>Thread-safe; the sealer and the compactor have one change each at a time.
 */
public final class Publication {

    private final Disk disk;
    private final Path directory;
    private final Segments segments;
    private final Contents contents;
    private final StreamIndex index;

    /** Held while manifest and index are changed. */
    private final ReentrantLock changing = new ReentrantLock();
    private volatile Manifest manifest;
    private @Nullable Throwable uncertain; // guarded by the lock

    /**
     * Of an open store.
     *
     * @param manifest the one on disk
     */
    public Publication(Disk disk, Path directory, Manifest manifest, Segments segments, Contents contents) {
        this.disk = disk;
        this.directory = directory;
        this.manifest = manifest;
        this.segments = segments;
        this.contents = contents;
        this.index = contents.index();
    }

    /** A change on its way. For one thread. */
    final class Change {

        private final UnaryOperator<Manifest> toManifest;
        private final Deque<Runnable> toIndex;
        private final Runnable toView;
        private boolean decided;

        private Change(UnaryOperator<Manifest> toManifest, List<Runnable> toIndex, Runnable toView) {
            this.toManifest = toManifest;
            this.toIndex = new ArrayDeque<>(toIndex);
            this.toView = toView;
        }

        /**
         * Makes it public, or goes on where it stopped.
         *
         * @throws dev.allframe.store.StoreFullException if the index has no room; may be tried again
         * @throws IOException if the manifest cannot be replaced
         */
        void publish() throws IOException {
            changing.lock();
            try {
                if (!decided) {
                    replace(toManifest.apply(withIds(manifest)));
                    decided = true;
                }
                for (Runnable step = toIndex.peek(); step != null; step = toIndex.peek()) {
                    step.run();
                    toIndex.remove();
                }
            } finally {
                changing.unlock();
            }
            toView.run();
        }

        /** Whether the manifest on disk certainly is without it. */
        boolean isUndone() {
            changing.lock();
            try {
                return !decided && uncertain == null;
            } finally {
                changing.unlock();
            }
        }

        /** Whether the manifest on disk has it, so that it has to be finished. */
        boolean isDecided() {
            return decided;
        }
    }

    /**
     * The events of a tail segment stand in segments from now on, and the entries of the log up to its last one too.
     *
     * @param dropped streams of which events were left out, with the highest number of those
     */
    Change sealed(TailSegment tail, List<Written> written, Map<StreamId, Long> dropped) {
        changing.lock();
        try {
            if (!dropped.isEmpty()) {
                dropped.forEach(index::noteStream); // no row may tell the version of such a stream any more
                index.flush();
            }
        } finally {
            changing.unlock();
        }
        List<Runnable> toIndex = new ArrayList<>();
        for (Written next : written) {
            toIndex.add(() -> index.addSegment(next.meta().id(), next.rows().runs(), next.rows().names()));
        }
        toIndex.add(() -> {
            index.knowsTo(tail.lastLsn());
            index.flush();
        });
        List<SealedSegment> sealed = written.stream().map(next -> segments.written(next.meta())).toList();
        return new Change(now -> withSealed(now, written, tail.lastLsn()), toIndex,
                () -> contents.sealed(tail, sealed));
    }

    private static Manifest withSealed(Manifest now, List<Written> written, long lsn) {
        List<SegmentMeta> all = new ArrayList<>(now.segments());
        written.forEach(next -> all.add(next.meta()));
        return new Manifest(now.storeId(), now.nextSegmentId(), Math.max(lsn, now.sealedLsn()), all);
    }

    /**
     * A segment, or none, takes the place of neighbours. Readers find old and new ones until it is done.
     *
     * @param old neighbours, in their order
     * @param written what has their rows; empty where no row is left
     */
    Change replaced(List<SealedSegment> old, Optional<Written> written) {
        Set<Long> oldIds = old.stream().map(SealedSegment::id).collect(Collectors.toUnmodifiableSet());
        List<SealedSegment> next = written.stream().map(made -> segments.written(made.meta())).toList();
        contents.readable(next);
        Runnable toIndex = () -> written.ifPresentOrElse(
                made -> index.replaceSegments(oldIds, made.meta().id(), made.rows().runs(), made.rows().names()),
                () -> index.removeSegments(oldIds));
        return new Change(now -> now.withReplaced(oldIds, written.map(Written::meta)), List.of(toIndex),
                () -> contents.replaced(old, next));
    }

    /** What was to take the place of others does not. */
    void takeBack(Optional<Written> written) {
        contents.readable(List.of());
        written.ifPresent(this::discard);
    }

    /** A segment has one more file; rows and their numbers are as they were. */
    Change grown(SealedSegment segment, SegmentMeta more) {
        return new Change(now -> now.with(more), List.of(),
                () -> contents.replaced(List.of(segment), List.of(segments.grown(segment, more))));
    }

    /** A segment is read from its Parquet file alone: neither manifest nor index say so. */
    void withoutRowFile(SealedSegment segment) {
        contents.replaced(List.of(segment), List.of(segments.withoutRowFile(segment)));
    }

    /**
     * Whether the manifest names a segment. Readers see one that it does not until the index was told what has replaced
     * it.
     */
    boolean isCurrent(SealedSegment segment) {
        return names(manifest, segment.id());
    }

    private static boolean names(Manifest manifest, long segmentId) {
        return manifest.segments().stream().anyMatch(segment -> segment.id() == segmentId);
    }

    /** Deletes the files of a segment that was written for nothing. */
    void discard(Written written) {
        changing.lock();
        try {
            if (uncertain == null && !names(manifest, written.meta().id())) {
                segments.delete(written);
            }
        } finally {
            changing.unlock();
        }
    }

    /** With the ids that were given out since. */
    private Manifest withIds(Manifest now) {
        return new Manifest(now.storeId(), segments.nextId(), now.sealedLsn(), now.segments());
    }

    private void replace(Manifest changed) throws IOException {
        if (uncertain != null) {
            throw new IOException(
                    "the manifest could not be replaced before, and is not known until the store is opened anew",
                    uncertain);
        }
        try {
            changed.store(disk, directory);
            manifest = changed;
        } catch (NoSpaceException full) {
            if (!Manifest.load(disk, directory, changed.storeId()).equals(Optional.of(manifest))) {
                uncertain = full;
                throw new IOException("the disk was full when the manifest was replaced", full);
            }
            throw full;
        } catch (IOException | RuntimeException | Error failed) {
            uncertain = failed;
            throw failed;
        }
    }
}
