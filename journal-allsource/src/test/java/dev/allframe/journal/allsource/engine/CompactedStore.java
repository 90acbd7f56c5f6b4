package dev.allframe.journal.allsource.engine;

import dev.allframe.journal.allsource.engine.contents.Contents;
import dev.allframe.journal.allsource.engine.contents.SealedSegment;
import dev.allframe.journal.allsource.engine.index.Table;
import dev.allframe.journal.allsource.engine.index.Tables;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.read.PositionReads;
import dev.allframe.journal.allsource.engine.read.ReadAhead;
import dev.allframe.journal.allsource.engine.upkeep.CompactionReport;
import dev.allframe.journal.allsource.engine.wal.WalConfig;
import dev.allframe.journal.allsource.tables.KeyValues;
import dev.allframe.journal.allsource.tables.MemoryKeyValues;
import dev.allframe.store.Append;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventPage;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A small store whose tables outlive it, for tests of compaction. */
final class CompactedStore implements AutoCloseable {

    static final Path DIRECTORY = Path.of("/store");
    static final Path SEGMENTS = DIRECTORY.resolve("segments");

    /** Tables in memory that can be opened again, with everything that was written or with what was flushed alone. */
    static final class KeptTables implements Tables {

        private @Nullable MemoryKeyValues index;
        private @Nullable MemoryKeyValues state;

        @Override
        public void create() {
            index = MemoryKeyValues.remembering(Table.INDEX);
            state = MemoryKeyValues.remembering(Table.STATE);
        }

        private static MemoryKeyValues again(@Nullable MemoryKeyValues last) {
            if (last == null) {
                throw new IllegalStateException("not created");
            }
            return last.crashTo(last.batches());
        }

        @Override
        public KeyValues index() {
            MemoryKeyValues opened = again(index);
            index = opened;
            return opened;
        }

        @Override
        public KeyValues newIndex() {
            MemoryKeyValues opened = MemoryKeyValues.remembering(Table.INDEX);
            index = opened;
            return opened;
        }

        @Override
        public KeyValues state() {
            MemoryKeyValues opened = again(state);
            state = opened;
            return opened;
        }

        @Override
        public void close() {}

        /** Tables after a power loss: of each store the batches up to some, at least those that were flushed. */
        KeptTables afterCrash(double indexKept, double stateKept) {
            KeptTables left = new KeptTables();
            left.index = part(index, indexKept);
            left.state = part(state, stateKept);
            return left;
        }

        private static @Nullable MemoryKeyValues part(@Nullable MemoryKeyValues all, double kept) {
            if (all == null) {
                return null;
            }
            int unflushed = all.batches() - all.flushedBatches();
            return all.crashTo(all.flushedBatches() + (int) Math.round(kept * unflushed));
        }
    }

    final Disk disk;
    final KeptTables tables;
    private final EngineConfig config;
    private Engine engine;
    EngineBackend backend;

    CompactedStore(Disk disk) {
        this(disk, new KeptTables(), Long.MAX_VALUE);
    }

    /** A store that merges at once. */
    CompactedStore(Disk disk, KeptTables tables, long rowFileBytes) {
        this(disk, tables, rowFileBytes, Duration.ofHours(1), Duration.ZERO);
    }

    CompactedStore(Disk disk, KeptTables tables, long rowFileBytes, Duration sealAfter, Duration quiet) {
        this(disk, tables, rowFileBytes, sealAfter, quiet, 1 << 20);
    }

    CompactedStore(Disk disk, KeptTables tables, long rowFileBytes, Duration sealAfter, Duration quiet,
            long cacheBytes) {
        this.disk = disk;
        this.tables = tables;
        this.config = EngineConfig.defaults()
                .withLog(WalConfig.defaults().withSegmentBytes(1 << 20))
                .withTailBytes(1 << 20)
                .withTailEvents(10_000)
                .withMaxUnsealed(4)
                .withGroupBytes(1 << 20)
                .withMaxRecordBytes(1 << 20)
                .withCacheBytes(cacheBytes)
                .withRowFileBytes(rowFileBytes)
                .withSealAfter(sealAfter)
                .withQuiet(quiet);
        this.engine = Engine.open(disk, DIRECTORY, tables, config, Clock.systemUTC(), "a test");
        this.backend = new EngineBackend(engine, "fsync");
    }

    /** Opens it again with the log that it had. */
    void reopen() {
        backend.abandon();
        engine = Engine.open(disk, DIRECTORY, tables, config, Clock.systemUTC(), "a test");
        backend = new EngineBackend(engine, "fsync");
    }

    Contents contents() {
        return engine.contents();
    }

    PositionReads positionReads() {
        return new PositionReads(backend.storeId(), contents(), new ReadAhead(engine.readThreads().ahead()));
    }

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(1, TimeUnit.MINUTES).join();
    }

    /** Appends so many events to a stream; each is tagged with its stream. */
    void append(String stream, int count) {
        append(stream, count, "");
    }

    /** The payload of each ends with a text of letters and digits. */
    void append(String stream, int count, String text) {
        List<Envelope> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(Envelope.of("noted", 1,
                    Payload.json(("{\"text\":\"" + stream + " " + i + text + "\"}").getBytes(StandardCharsets.UTF_8)),
                    Set.of(stream), EventMetadata.at(Instant.ofEpochMilli(1_000_000 + i)), null));
        }
        get(backend.append(new Append(new StreamId(stream), ExpectedVersion.any(), "writer", records)));
    }

    void delete(String stream, long to) {
        get(backend.deleteEventsTo(new StreamId(stream), to));
    }

    void flush() {
        get(backend.flush());
    }

    CompactionReport compact() {
        return get(backend.compact());
    }

    /** The sequence numbers that a stream's read gives. */
    List<Long> numbers(String stream) {
        return get(backend.getEvents(new StreamId(stream), 1, Long.MAX_VALUE, 10_000)).stream()
                .map(StoredEvent::sequenceNr)
                .toList();
    }

    long version(String stream) {
        return get(backend.highestSequenceNr(new StreamId(stream)));
    }

    List<StoredEvent> all() {
        return all(EventFilter.all());
    }

    List<StoredEvent> all(EventFilter filter) {
        List<StoredEvent> found = new ArrayList<>();
        Position after = Position.START;
        while (true) {
            EventPage page = get(backend.getAllEvents(filter, after, 100));
            found.addAll(page.events());
            after = page.next();
            if (page.atEnd()) {
                return found;
            }
        }
    }

    /** The names of the segment files. */
    List<String> files() throws IOException {
        return disk.list(SEGMENTS).stream().map(file -> file.getFileName().toString()).toList();
    }

    List<Long> sealedIds() {
        return contents().view().sealed.stream().map(SealedSegment::id).toList();
    }

    @Override
    public void close() {
        backend.close();
    }
}
