package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.RealDisk;
import dev.allframe.store.Append;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup that ends in the middle leaves the older copy as it was. */
final class InterruptedBackupTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temporary;

    private static void appendAndFlush(EngineBackend store, String stream) {
        append(store, stream);
        Stages.get(store.flush());
    }

    private static void append(EngineBackend store, String stream) {
        Payload payload = Payload.json(("\"" + stream + "\"").getBytes(StandardCharsets.UTF_8));
        Stages.get(store.append(new Append(new StreamId(stream), ExpectedVersion.any(), "writer",
                List.of(Envelope.of("happened", 1, payload, Set.of(), EventMetadata.at(Model.NOW), null)))));
    }

    private static List<String> streams(EngineBackend store) {
        return Stages.get(store.getAllEvents(EventFilter.all(), Position.START, 100))
                .events()
                .stream()
                .map(event -> event.stream().value())
                .toList();
    }

    @Test
    void a_first_one_is_finished_by_the_next() throws IOException {
        AtomicBoolean interrupting = new AtomicBoolean(true);
        Disk disk = new CrashPointDisk(new RealDisk(), new CrashPoints((place, count) -> {
            if (interrupting.get() && place.equals("before rename rows in backup")) {
                throw new IllegalStateException("a test");
            }
        }));
        Path backup = temporary.resolve("backup");
        try (EngineBackend store = KilledStoreProvider.open(temporary.resolve("store"), disk)) {
            appendAndFlush(store, "account|1");
            assertThatThrownBy(() -> Stages.get(store.backup(backup))).hasMessage("a test");
            interrupting.set(false);

            Stages.get(store.backup(backup));
        }
        try (EngineBackend copy = KilledStoreProvider.open(backup)) {
            assertThat(streams(copy)).containsExactly("account|1");
        }
    }

    @Test
    void one_that_waits_for_a_segment_to_be_published_does_not_hold_up_appends() throws Exception {
        CountDownLatch named = new CountDownLatch(1);
        CountDownLatch going = new CountDownLatch(1);
        Disk disk = new CrashPointDisk(new RealDisk(), new CrashPoints((place, count) -> {
            if (place.equals("after rename manifest in sealing")) {
                named.countDown();
                try {
                    going.await();
                } catch (InterruptedException nobodyDoes) {
                    throw new IllegalStateException(nobodyDoes);
                }
            }
        }));
        Path backup = temporary.resolve("backup");
        try (EngineBackend store = KilledStoreProvider.open(temporary.resolve("store"), disk)) {
            append(store, "account|1");
            CompletionStage<Void> flushed = store.flush();
            assertThat(named.await(30, TimeUnit.SECONDS)).isTrue();
            CompletionStage<Integer> copied = store.backup(backup);

            for (int i = 0; i < 100; i++) {
                append(store, "account|2");
            }
            assertThat(copied.toCompletableFuture()).isNotDone();
            going.countDown();

            Stages.get(flushed);
            assertThat(Stages.get(copied)).isPositive();
        }
        try (EngineBackend copy = KilledStoreProvider.open(backup)) {
            assertThat(streams(copy)).startsWith("account|1");
        }
    }

    @Test
    void a_copy_that_was_used_as_a_store_still_is_one() throws IOException {
        AtomicBoolean interrupting = new AtomicBoolean();
        Disk disk = new CrashPointDisk(new RealDisk(), new CrashPoints((place, count) -> {
            if (interrupting.get() && place.equals("before rename identity in backup")) {
                throw new IllegalStateException("a test");
            }
        }));
        Path backup = temporary.resolve("backup");
        try (EngineBackend store = KilledStoreProvider.open(temporary.resolve("store"))) {
            appendAndFlush(store, "account|1");
            Stages.get(store.backup(backup));
        }
        try (EngineBackend store = KilledStoreProvider.open(temporary.resolve("store"), disk)) {
            try (EngineBackend copy = KilledStoreProvider.open(backup)) {
                appendAndFlush(copy, "copy|1");
            }
            appendAndFlush(store, "account|2");
            interrupting.set(true);

            assertThatThrownBy(() -> Stages.get(store.backup(backup))).hasMessage("a test");

            try (EngineBackend copy = KilledStoreProvider.open(backup)) {
                assertThat(streams(copy)).containsExactly("account|1", "copy|1");
            }
            interrupting.set(false);
            Stages.get(store.backup(backup));
        }
        try (EngineBackend copy = KilledStoreProvider.open(backup)) {
            assertThat(streams(copy)).containsExactly("account|1", "account|2");
        }
    }
}
