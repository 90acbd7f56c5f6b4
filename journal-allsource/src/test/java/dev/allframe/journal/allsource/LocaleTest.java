package dev.allframe.journal.allsource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.journal.allsource.engine.Abandoned;
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
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TimeZone;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store is the same whatever the default locale and time zone are, and opens under any others. */
@ResourceLock(Resources.LOCALE)
@ResourceLock(Resources.TIME_ZONE)
class LocaleTest {

    private static final StreamId STREAM = new StreamId("title|I\u0131\u0130i");
    private static final Instant TIME = Instant.parse("2024-02-29T23:30:00Z");

    @TempDir
    Path directory;

    @AfterEach
    void restore() {
        Locale.setDefault(Locale.of(System.getProperty("user.language"), System.getProperty("user.country", "")));
        TimeZone.setDefault(null); // the time zone with which the JVM was started
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(1, TimeUnit.MINUTES).join();
    }

    private static void append(EventStoreBackend store) {
        Envelope envelope = Envelope.of("titled", 1, Payload.json("{\"i\":12}".getBytes(StandardCharsets.UTF_8)),
                Set.of("TITLE"), EventMetadata.at(TIME), null);
        get(store.append(new Append(STREAM, ExpectedVersion.any(), "writer", List.of(envelope))));
        get(store.flush());
    }

    private static List<StoredEvent> events(EventStoreBackend store) {
        return get(store.getAllEvents(EventFilter.all(), Position.START, 100)).events();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.map(file -> directory.relativize(file).toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ar-EG", "tr-TR", "th-TH-u-ca-buddhist-nu-thai", "fa-IR"})
    void a_store_is_written_in_the_digits_0_to_9_and_opens_under_every_locale(String tag) throws IOException {
        Locale.setDefault(Locale.forLanguageTag(tag));
        TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"));
        List<StoredEvent> written;
        try (Abandoned abandoned = new Abandoned(AllSourceBackend.production(directory))) {
            EventStoreBackend store = abandoned.store();
            append(store);
            get(store.saveSnapshot(new Snapshot(STREAM, 1, TIME, Payload.json(new byte[]{'1'}), null)));
            append(store);
            written = events(store);
        }

        assertThat(names()).allMatch(name -> name.chars().allMatch(c -> c < 0x80));

        Locale.setDefault(Locale.ROOT);
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        try (EventStoreBackend store = AllSourceBackend.production(directory)) {
            assertThat(events(store)).isEqualTo(written).hasSize(2);
            assertThat(written.getFirst().envelope().metadata().timestamp()).isEqualTo(TIME);
            assertThat(get(store.getLatestSnapshot(STREAM, SnapshotCriteria.all()))).isPresent();
        }
    }

    private static void giveOtherDigits(Path segments) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(segments)) {
            files = all.toList();
        }
        for (Path file : files) {
            StringBuilder other = new StringBuilder();
            file.getFileName()
                    .toString()
                    .chars()
                    .forEach(c -> other.append((char) (c >= '0' && c <= '9' ? '\u0660' + c - '0' : c)));
            Files.move(file, file.resolveSibling(other.toString()));
        }
        assertThat(files).isNotEmpty();
    }

    @Test
    void tools_read_a_store_whose_files_have_names_in_other_digits_and_change_nothing() throws IOException {
        Path store = directory.resolve("store");
        List<StoredEvent> written;
        try (EventStoreBackend open = AllSourceBackend.production(store)) {
            append(open);
            append(open);
            written = events(open);
        }
        giveOtherDigits(store.resolve("segments"));
        List<String> before = names();
        Found found = new Found();

        try (ClosedStore closed = ClosedStore.lock(new RealDisk(), store, "a test")) {
            StoreVerifier.verify(closed, found);
            try (StoredContents contents = StoredContents.of(closed)) {
                List<StoredEvent> read = new ArrayList<>();
                contents.forEachEvent(read::add);
                assertThat(read).isEqualTo(written);
            }
            assertThat(found.bad).isEmpty();
            assertThat(names()).isEqualTo(before);
            Backups.copy(closed, directory.resolve("backup"));
            try (NewStore salvaged = NewStore.create(new RealDisk(), directory.resolve("salvaged"), "a test")) {
                Rescue.run(new RealDisk(), closed, salvaged, found);
                assertThat(salvaged.events()).isEqualTo(written.size());
            }
        }
        assertThat(found.bad).isEmpty();
        try (EventStoreBackend backup = AllSourceBackend.production(directory.resolve("backup"))) {
            assertThat(events(backup)).isEqualTo(written);
        }
    }

    /** What a tool has to object. */
    private static final class Found implements StoreVerifier.Report, Rescue.Report {

        private final List<String> bad = new ArrayList<>();

        @Override
        public void damage(String what) {
            bad.add(what);
        }

        @Override
        public void lost(String what) {
            bad.add(what);
        }

        @Override
        public void note(String what) {
            bad.add(what);
        }

        @Override
        public void read(long bytes) {}

        @Override
        public void taken(long events) {}
    }
}
