package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.closed.Backups;
import dev.allframe.journal.allsource.engine.closed.ClosedStore;
import dev.allframe.journal.allsource.engine.closed.StoreCopy;
import dev.allframe.journal.allsource.engine.contents.View;
import dev.allframe.journal.allsource.engine.files.StoreLayout;
import dev.allframe.journal.allsource.engine.files.StoreLock;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.segment.Manifest;
import dev.allframe.journal.allsource.engine.segment.SegmentMeta;
import dev.allframe.journal.allsource.engine.wal.WalFiles;
import dev.allframe.journal.allsource.engine.write.Request;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.StoreFailedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Copies an open store. The writer takes what belongs to one moment: it ends the log's segment, so that everything up
 * to the last entry stands in files that do not change, has the state's tables linked, and reads the manifest. Then the
 * files are copied beside it: those of segments stay while a view has them, those of the log until the writer is told
 * that the copy is done.
 */
final class OnlineBackup {

    /** How long a manifest may be ahead of what readers see, while a segment is on its way from one to the other. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Engine engine;
    private final Runnable stopping;
    private final Disk disk;
    private final Path target;
    private final UUID storeId;

    /**
     * A copy.
     *
     * @param stopping asked again and again while it is made; throws where it is to end
     */
    OnlineBackup(Engine engine, Path target, Runnable stopping) {
        this.engine = engine;
        this.stopping = stopping;
        this.disk = engine.disk();
        this.target = target.toAbsolutePath();
        this.storeId = UUID.fromString(engine.storeId());
    }

    /**
     * What belongs to one moment.
     *
     * @param view keeps the files of segments
     * @param manifest names them
     * @param log segments of the log that do not change any more
     * @param next the log's segment that the next entry goes to, as it is without any
     */
    private record Moment(View view, Manifest manifest, List<Path> log, List<Beginning> next) {}

    /**
     * A file that has a beginning, and zeros behind it.
     *
     * @param name its name
     * @param bytes the beginning
     * @param length its length
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Beginning(String name, byte[] bytes, long length) {}

    /** Copies, and says how many files of segments it copied. */
    int copy() throws IOException {
        if (!disk.isFileSystem()) {
            throw new UnsupportedOperationException("a store in memory has no files that could be copied");
        }
        try (StoreLock lock = Backups.lock(disk, engine.directory(), target, storeId)) {
            Path linked = target.resolve(StoreLayout.STATE + ".linked");
            Moment moment = freeze(linked);
            try {
                return copy(moment, linked);
            } finally {
                moment.view.release();
                engine.submit(new Request.Thaw(new CompletableFuture<>()));
            }
        }
    }

    /**
     * A moment in which readers see all that the manifest names. Mostly that is the first; the writer does not wait for
     * it.
     */
    private Moment freeze(Path linked) throws IOException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        for (long pause = FIRST_PAUSE_NANOS;; pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS)) {
            stopping.run();
            StoreCopy.deleteTree(disk, linked);
            try {
                published().view.release(); // else the writer would end a segment for nothing
                CompletableFuture<Moment> frozen = new CompletableFuture<>();
                engine.submit(new Request.Freeze<>(lastLsn -> take(lastLsn, linked), frozen));
                return await(frozen);
            } catch (InPublicationException notYet) {
                if (System.nanoTime() - end > 0) {
                    throw new StoreFailedException(
                            "a segment could not be indexed for " + TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS)
                                    + " s, as where the disk is full; the log says why, and the backup may be tried again",
                            notYet);
                }
            }
            LockSupport.parkNanos(this, pause);
        }
    }

    /** The manifest names a segment that readers do not see yet. */
    private static final class InPublicationException extends EventStoreException {

        private static final long serialVersionUID = 1L;

        InPublicationException() {
            super("the manifest names a segment that is being published");
        }
    }

    private static <T> T await(CompletableFuture<T> frozen) {
        try {
            return frozen.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof EventStoreException told) {
                throw told;
            }
            throw failed;
        }
    }

    private int copy(Moment moment, Path linked) throws IOException {
        StoreCopy copy = new StoreCopy(disk, target, storeId, moment.manifest, stopping);
        copy.begin(engine.directory().resolve(StoreLayout.STORE));
        int copied = copy.copySegments(engine.directory().resolve(StoreLayout.SEGMENTS));
        Path log = copy.fresh(StoreLayout.LOG);
        for (Path file : moment.log) {
            copy.copyFile(file, log.resolve(file.getFileName().toString()));
        }
        for (Beginning next : moment.next) {
            copy.writeBeginning(log.resolve(next.name), next.bytes, next.length);
        }
        copy.copyFiles(linked, copy.fresh(StoreLayout.STATE));
        copy.switchOver();
        StoreCopy.deleteTree(disk, linked);
        return copied;
    }

    /** Runs on the writer's thread. */
    private Moment take(long lastLsn, Path linked) throws IOException {
        engine.contents().state().checkpoint(linked);
        List<Path> whole = new ArrayList<>();
        List<Beginning> next = new ArrayList<>();
        for (Path file : disk.list(engine.directory().resolve(StoreLayout.LOG))) {
            if (WalFiles.isSegment(file)) {
                if (WalFiles.firstLsn(file) <= lastLsn) {
                    whole.add(file);
                } else {
                    next.add(beginning(file));
                }
            }
        }
        Published published = published();
        return new Moment(published.view, published.manifest, whole, next);
    }

    /** A manifest and a view that has its segments, to be released. */
    private record Published(View view, Manifest manifest) {}

    private Published published() throws IOException {
        View view = engine.contents().acquire();
        boolean fits = false;
        try {
            Manifest manifest = ClosedStore.manifest(disk, engine.directory(), storeId);
            fits = hasAll(view, manifest);
            if (!fits) {
                throw new InPublicationException();
            }
            return new Published(view, manifest);
        } finally {
            if (!fits) {
                view.release();
            }
        }
    }

    private Beginning beginning(Path file) throws IOException {
        try (DiskFile in = disk.openReadOnly(file)) {
            byte[] header = new byte[WalFiles.HEADER_BYTES];
            in.read(ByteBuffer.wrap(header), 0);
            return new Beginning(file.getFileName().toString(), header, in.length());
        }
    }

    private static boolean hasAll(View view, Manifest manifest) {
        Set<SegmentMeta> seen = new HashSet<>(); // with their files: one that has got its Parquet file since is another
        view.sealed.forEach(segment -> seen.add(segment.meta()));
        view.readable.forEach(segment -> seen.add(segment.meta()));
        return seen.containsAll(manifest.segments());
    }
}
