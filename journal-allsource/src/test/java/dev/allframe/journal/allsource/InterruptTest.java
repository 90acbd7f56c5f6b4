package dev.allframe.journal.allsource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.journal.allsource.engine.Abandoned;
import dev.allframe.journal.allsource.engine.EngineBackend;
import dev.allframe.journal.allsource.engine.closed.Backups;
import dev.allframe.journal.allsource.engine.closed.ClosedStore;
import dev.allframe.journal.allsource.engine.closed.NewStore;
import dev.allframe.journal.allsource.engine.closed.Rescue;
import dev.allframe.journal.allsource.engine.closed.StoreVerifier;
import dev.allframe.journal.allsource.engine.closed.StoredContents;
import dev.allframe.journal.allsource.engine.io.RealDisk;
import dev.allframe.store.Append;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StreamId;
import dev.allframe.store.Subscription;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A public call on an interrupted thread does what it does on any thread, and the thread stays interrupted. */
class InterruptTest {

    private static final StreamId STREAM = new StreamId("a|1");
    private static final StreamId STATE = new StreamId("s|1");

    @TempDir
    Path directory;

    @AfterEach
    void calm() {
        Thread.interrupted();
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(1, TimeUnit.MINUTES).join();
    }

    private static Append append() {
        Envelope envelope = Envelope.of("noted", 1, Payload.json(new byte[]{'1'}), Set.of("tag"),
                EventMetadata.at(Instant.EPOCH), null);
        return new Append(STREAM, ExpectedVersion.any(), "writer", List.of(envelope));
    }

    /** Every call on an open store, in an order in which each has something to do. */
    private Map<String, Callable<@Nullable Object>> calls(EventStoreBackend store) {
        Map<String, Callable<@Nullable Object>> calls = new LinkedHashMap<>();
        calls.put("append", () -> get(store.append(append())));
        calls.put("append again", () -> get(store.append(append())));
        calls.put("getEvents of the tail", () -> get(store.getEvents(STREAM, 1, 9, 9)));
        calls.put("getStreamPage of the tail", () -> get(store.getStreamPage(STREAM, 1, 9, 9)));
        calls.put("flush", () -> get(store.flush()));
        calls.put("getStreamPage", () -> get(store.getStreamPage(STREAM, 1, 9, 9)));
        calls.put("getEvents", () -> get(store.getEvents(STREAM, 1, 9, 9)));
        calls.put("getEventsBackwards", () -> get(store.getEventsBackwards(STREAM, 9, 9)));
        calls.put("getAllEvents", () -> get(store.getAllEvents(EventFilter.all(), Position.START, 9)));
        calls.put("highestSequenceNr", () -> get(store.highestSequenceNr(STREAM)));
        calls.put("lastPosition", () -> get(store.lastPosition()));
        calls.put("getStreams", () -> get(store.getStreams(null, 9)));
        calls.put("getStoredTypes", () -> get(store.getStoredTypes()));
        calls.put("saveSnapshot", () -> get(
                store.saveSnapshot(new Snapshot(STREAM, 1, Instant.EPOCH, Payload.json(new byte[]{'1'}), null))));
        calls.put("getLatestSnapshot", () -> get(store.getLatestSnapshot(STREAM, SnapshotCriteria.all())));
        calls.put("deleteSnapshots", () -> get(store.deleteSnapshots(STREAM, SnapshotCriteria.all())));
        calls.put("upsertState", () -> get(store.upsertState(STATE, 1, Payload.json(new byte[]{'1'}), "")));
        calls.put("getState", () -> get(store.getState(STATE)));
        calls.put("getStateChanges", () -> get(store.getStateChanges(state -> true, Position.START, 9)));
        calls.put("getStateIds", () -> get(store.getStateIds(null, 9)));
        calls.put("deleteState", () -> get(store.deleteState(STATE, 2)));
        calls.put("deleteEventsTo", () -> get(store.deleteEventsTo(STREAM, 1)));
        calls.put("compact", () -> get(((EngineBackend) store).compact()));
        calls.put("backup", () -> get(((EngineBackend) store).backup(directory.resolve("online"))));
        calls.put("stats", store::stats);
        calls.put("subscribe", () -> {
            CompletableFuture<Object> first = new CompletableFuture<>();
            try (Subscription subscription = Subscription.start(store, EventFilter.all(), Position.START,
                    first::complete)) {
                return get(first);
            }
        });
        return calls;
    }

    private static <T extends @Nullable Object> T interrupted(String name, Callable<T> call) {
        Thread.currentThread().interrupt();
        try {
            T result = call.call();
            assertThat(Thread.interrupted()).as("still interrupted after " + name).isTrue();
            return result;
        } catch (Exception failed) {
            throw new AssertionError(name, failed);
        }
    }

    @Test
    void every_call_on_an_interrupted_thread_completes_and_leaves_it_interrupted() throws IOException {
        Path place = directory.resolve("store");
        EventStoreBackend store = interrupted("open", () -> AllSourceBackend.production(place));
        calls(store).forEach(InterruptTest::interrupted);
        interrupted("close", () -> {
            store.close();
            return null;
        });
        EventStoreBackend again = interrupted("open again", () -> AllSourceBackend.production(place));
        assertThat(get(again.getEvents(STREAM, 1, 9, 9))).hasSize(1);
        interrupted("close again", () -> {
            again.close();
            return null;
        });
    }

    @Test
    void tools_on_an_interrupted_thread_complete_and_leave_it_interrupted() {
        Path place = directory.resolve("store");
        try (Abandoned abandoned = new Abandoned(AllSourceBackend.production(place))) {
            EventStoreBackend store = abandoned.store();
            get(store.append(append()));
            get(store.flush());
            get(store.append(append()));
            interrupted("read beside the owner", () -> {
                try (ClosedStore beside = ClosedStore.beside(new RealDisk(), place, "a test");
                        StoredContents contents = StoredContents.of(beside)) {
                    assertThat(contents.eventCount()).isEqualTo(2);
                }
                return null;
            });
        }

        interrupted("tools", () -> {
            try (ClosedStore closed = ClosedStore.lock(new RealDisk(), place, "a test")) {
                StoreVerifier.verify(closed, new Quiet());
                Backups.copy(closed, directory.resolve("backup"));
                try (NewStore salvaged = NewStore.create(new RealDisk(), directory.resolve("salvaged"), "a test")) {
                    Rescue.run(new RealDisk(), closed, salvaged, new Quiet());
                    salvaged.finish();
                }
            }
            return null;
        });
        for (String made : List.of("backup", "salvaged")) {
            try (EventStoreBackend store = AllSourceBackend.production(directory.resolve(made))) {
                assertThat(get(store.getEvents(STREAM, 1, 9, 9))).hasSize(2);
            }
        }
    }

    @Test
    void interrupts_in_the_middle_of_opening_writing_and_closing_end_nothing() {
        Path place = directory.resolve("store");
        Thread busy = Thread.currentThread();
        Thread interrupter = Thread.ofPlatform().daemon().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                busy.interrupt();
                LockSupport.parkNanos(200_000); // often, and so that an operation can end in between
            }
        });
        try {
            for (int round = 1; round <= 2; round++) {
                try (EventStoreBackend store = AllSourceBackend.production(place)) {
                    get(store.append(append()));
                    get(store.flush());
                    assertThat(get(store.highestSequenceNr(STREAM))).isEqualTo(round);
                }
                try (ClosedStore closed = ClosedStore.lock(new RealDisk(), place, "a test")) {
                    StoreVerifier.verify(closed, new Quiet());
                    Backups.copy(closed, directory.resolve("backup"));
                }
            }
        } finally {
            interrupter.interrupt();
            boolean ended = false;
            while (!ended) {
                Thread.interrupted();
                ended = joined(interrupter);
            }
            Thread.interrupted();
        }
        try (EventStoreBackend store = AllSourceBackend.production(place)) {
            assertThat(get(store.getEvents(STREAM, 1, 9, 9))).hasSize(2);
        }
    }

    private static boolean joined(Thread thread) {
        try {
            return thread.join(Duration.ofMinutes(1));
        } catch (InterruptedException again) {
            return false;
        }
    }

    /** A tool that finds nothing. */
    private static final class Quiet implements StoreVerifier.Report, Rescue.Report {

        @Override
        public void damage(String what) {
            throw new AssertionError(what);
        }

        @Override
        public void lost(String what) {
            throw new AssertionError(what);
        }

        @Override
        public void note(String what) {}

        @Override
        public void read(long bytes) {}

        @Override
        public void taken(long events) {}
    }
}
