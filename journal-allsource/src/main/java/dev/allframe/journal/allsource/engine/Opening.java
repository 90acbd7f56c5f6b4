package dev.allframe.journal.allsource.engine;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.contents.Applier;
import dev.allframe.journal.allsource.engine.contents.Contents;
import dev.allframe.journal.allsource.engine.contents.SealedSegment;
import dev.allframe.journal.allsource.engine.files.StoreFileFormat;
import dev.allframe.journal.allsource.engine.files.StoreLayout;
import dev.allframe.journal.allsource.engine.files.StoreLock;
import dev.allframe.journal.allsource.engine.index.StateStore;
import dev.allframe.journal.allsource.engine.index.StreamIndex;
import dev.allframe.journal.allsource.engine.index.Tables;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.segment.Manifest;
import dev.allframe.journal.allsource.engine.threads.AnswerThreads;
import dev.allframe.journal.allsource.engine.upkeep.Publication;
import dev.allframe.journal.allsource.engine.upkeep.Segments;
import dev.allframe.journal.allsource.engine.wal.LocalLog;
import dev.allframe.journal.allsource.engine.wal.WalLog;
import dev.allframe.journal.allsource.engine.write.WriteParts;
import dev.allframe.journal.allsource.tables.KeyValues;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.UnsupportedFormatException;
import dev.allframe.store.spi.Listeners;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Opens the parts of a store in their order: identity, manifest, state, index, log. Where one cannot be opened, those
 * before it are closed.
 */
record Opening(Disk disk, Path directory, Tables tables, EngineConfig config, Clock clock) {

    /** An engine that is not started. */
    Engine open(StoreLock lock) throws IOException {
        Opened opened = new Opened();
        opened.add(tables::close);
        try {
            UUID storeId = identity();
            StateStore state = StateStore.open(opened.add(tables.state()), storeId.toString());
            return open(lock, storeId, state, index(storeId, opened), opened);
        } catch (IOException | RuntimeException | Error failed) {
            opened.closeBecauseOf(failed);
            throw failed;
        }
    }

    private Engine open(StoreLock lock, UUID storeId, StateStore state, StreamIndex index, Opened opened)
            throws IOException {
        Manifest manifest = manifest(storeId);
        Segments segments = opened.add(new Segments(disk, directory, storeId, manifest, index, config.cacheBytes()));
        long knownLsn = Math.min(manifest.sealedLsn(), state.appliedLsn());
        List<SealedSegment> sealed = segments.open(manifest, knownLsn, () -> state.forEachDeleted(index::noteStream));
        Contents contents = new Contents(storeId.toString(), index, state, sealed, manifest.sealedLsn());
        Applier applier = new Applier(state, knownLsn, manifest.sealedLsn(), contents);
        Recovery recovery = new Recovery(applier, contents, config.tailLimits());
        WalLog log = opened.add(
                WalLog.open(disk, directory.resolve(StoreLayout.LOG), storeId, config.log(), knownLsn, recovery));
        checkNotAhead(state, log, storeId);
        recovery.end(log.numbers().nextPosition());
        segments.deleteLeftOvers(manifest);
        return new Engine(this, new WriteParts(storeId.toString(), config.writeLimits(), new LocalLog(log), contents,
                new Listeners(), new Listeners(), new AnswerThreads(), clock), lock, segments,
                new Publication(disk, directory, manifest, segments, contents), applier, log.numbers());
    }

    /** Numbers that the state has seen would be given again, and what gets them would be taken for what it has seen. */
    private static void checkNotAhead(StateStore state, WalLog log, UUID storeId) {
        if (state.appliedLsn() > log.numbers().lastLsn()) {
            throw new CorruptStoreException("the log of store " + storeId + " ends with entry "
                    + log.numbers().lastLsn() + ", and the state has applied entry " + state.appliedLsn());
        }
    }

    private UUID identity() throws IOException {
        if (disk.exists(directory.resolve(StoreLayout.STORE))) {
            return StoreFileFormat.read(disk, directory);
        }
        if (disk.exists(directory.resolve(StoreLayout.MANIFEST))
                || !disk.list(directory.resolve(StoreLayout.LOG)).isEmpty()) {
            throw new CorruptStoreException("the file " + StoreLayout.STORE + " is missing in " + directory
                    + ", where a store is; nothing was changed");
        }
        UUID storeId = UUID.randomUUID();
        tables.create();
        StoreFileFormat.write(disk, directory, storeId, clock.millis());
        return storeId;
    }

    private StreamIndex index(UUID storeId, Opened opened) {
        Opened index = new Opened();
        try {
            KeyValues entries = index.add(tables.index());
            return opened.add(StreamIndex.open(entries, storeId.toString()));
        } catch (CorruptStoreException | UnsupportedFormatException unusable) {
            index.closeBecauseOf(unusable);
            System.getLogger(Engine.class.getName())
                    .log(System.Logger.Level.WARNING,
                            "the index of store {0} cannot be used and is built anew: {1}", storeId,
                            Failures.message(unusable));
            return StreamIndex.open(opened.add(tables.newIndex()), storeId.toString());
        }
    }

    /** Without a manifest a store is new, and nothing but its identity is there. */
    private Manifest manifest(UUID storeId) throws IOException {
        Optional<Manifest> there = Manifest.load(disk, directory, storeId);
        if (there.isPresent()) {
            return there.get();
        }
        if (!disk.list(Segments.files(directory)).isEmpty()
                || !disk.list(directory.resolve(StoreLayout.LOG)).isEmpty()) {
            throw new CorruptStoreException("the file " + StoreLayout.MANIFEST + " is missing in " + directory
                    + ", where events are; nothing was changed");
        }
        Manifest empty = Manifest.empty(storeId);
        empty.store(disk, directory);
        return empty;
    }
}
