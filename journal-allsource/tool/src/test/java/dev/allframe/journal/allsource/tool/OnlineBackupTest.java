package dev.allframe.journal.allsource.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.journal.allsource.engine.EngineBackend;
import dev.allframe.journal.allsource.engine.closed.Backups;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Snapshot;
import dev.allframe.store.StreamId;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class OnlineBackupTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temporary;

    @Test
    void an_open_store_that_rests_is_copied_as_it_is() {
        Path backup = temporary.resolve("backup");
        try (EventStoreBackend store = AllSourceBackend.production(temporary.resolve("store"))) {
            SampleStore.fill(store);
            Map<String, Object> contents = SampleStore.contents(store);

            SampleStore.await(((EngineBackend) store).backup(backup));

            assertThat(SampleStore.contents(backup)).isEqualTo(contents);
            assertThat(SampleStore.contents(store)).isEqualTo(contents);
        }
    }

    @Test
    void a_store_that_is_all_sealed_and_an_empty_one_are_copied_with_their_numbers() {
        Path backup = temporary.resolve("backup");
        Path ofEmpty = temporary.resolve("empty-backup");
        try (EventStoreBackend store = AllSourceBackend.production(temporary.resolve("store"));
                EventStoreBackend empty = AllSourceBackend.production(temporary.resolve("empty"))) {
            SampleStore.fill(store);
            SampleStore.await(store.flush());
            SampleStore.await(store.flush());
            SampleStore.await(((EngineBackend) store).backup(backup));
            SampleStore.await(((EngineBackend) empty).backup(ofEmpty));
        }
        try (EventStoreBackend copy = AllSourceBackend.production(backup);
                EventStoreBackend copyOfEmpty = AllSourceBackend.production(ofEmpty)) {
            SampleStore.append(copy, SampleStore.CART, SampleStore.event("next", 1, "{}", 20));
            SampleStore.append(copyOfEmpty, SampleStore.CART, SampleStore.event("first", 1, "{}", 20));

            assertThat(SampleStore.await(copy.lastPosition()).index()).isEqualTo(10);
            assertThat(SampleStore.await(copyOfEmpty.lastPosition()).index()).isOne();
        }
    }

    @Test
    void copies_of_a_busy_store_are_whole_and_have_what_was_acknowledged_before() throws InterruptedException {
        Path backup = temporary.resolve("backup");
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong acknowledged = new AtomicLong();
        try (EventStoreBackend store = AllSourceBackend.production(temporary.resolve("store"))) {
            Thread writer = Thread.ofPlatform().start(() -> {
                for (int i = 1; !stop.get(); i++) {
                    StreamId stream = StreamId.of("Busy", Integer.toString(i % 7));
                    SampleStore.append(store, stream, SampleStore.event("busy", 1, "{\"n\":" + i + "}", i));
                    acknowledged.set(i);
                    if (i % 5 == 0) {
                        SampleStore.await(store.deleteEventsTo(stream, i / 20));
                        SampleStore.await(store.saveSnapshot(new Snapshot(stream, i / 7, SampleStore.TIME,
                                SampleStore.json("" + i), null)));
                    }
                    if (i % 50 == 0) {
                        SampleStore.await(store.flush());
                    }
                }
            });
            try {
                for (int round = 0; round < 8; round++) {
                    long target = acknowledged.get() + 40;
                    while (acknowledged.get() < target && writer.isAlive()) {
                        Thread.onSpinWait();
                    }
                    long before = acknowledged.get();

                    SampleStore.await(((EngineBackend) store).backup(backup));

                    long after = acknowledged.get() + 1;
                    ToolRun verified = ToolRun.store("verify", backup);
                    assertThat(verified.exitCode()).as(verified.out() + verified.err()).isZero();
                    try (EventStoreBackend copy = AllSourceBackend.production(backup)) {
                        assertThat(SampleStore.await(copy.lastPosition()).index()).isBetween(before, after);
                        SampleStore.append(copy, SampleStore.CART, SampleStore.event("own", 1, "{}", round));
                    }
                }
            } finally {
                stop.set(true);
                writer.join();
            }
        }
    }

    @Test
    void the_log_is_deleted_again_after_a_copy() {
        Path directory = temporary.resolve("store");
        try (EventStoreBackend store = AllSourceBackend.production(directory)) {
            SampleStore.fill(store);
            SampleStore.await(((EngineBackend) store).backup(temporary.resolve("backup")));
            SampleStore.await(store.flush());
            SampleStore.append(store, SampleStore.CART, SampleStore.event("next", 1, "{}", 20));
            SampleStore.await(store.flush());
        }

        assertThat(directory.resolve("log").toFile().list((log, name) -> name.endsWith(".wal"))).hasSizeLessThan(3);
    }

    @Test
    void a_store_in_memory_and_an_unfit_target_are_refused() {
        Path directory = temporary.resolve("store");
        try (EventStoreBackend memory = AllSourceBackend.inMemory();
                EventStoreBackend store = AllSourceBackend.production(directory)) {
            assertThatThrownBy(
                    () -> ((EngineBackend) memory).backup(temporary.resolve("b")).toCompletableFuture().join())
                    .hasRootCauseInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> ((EngineBackend) store).backup(directory).toCompletableFuture().join())
                    .hasRootCauseInstanceOf(Backups.UnfitTargetException.class);
        }
    }
}
