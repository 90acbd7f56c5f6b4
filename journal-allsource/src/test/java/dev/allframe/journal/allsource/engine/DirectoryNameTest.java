package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.journal.allsource.AllSourceConfig;
import dev.allframe.journal.allsource.engine.closed.Backups;
import dev.allframe.journal.allsource.engine.closed.ClosedStore;
import dev.allframe.journal.allsource.engine.closed.NewStore;
import dev.allframe.journal.allsource.engine.files.UnusableDirectoryException;
import dev.allframe.journal.allsource.engine.io.RealDisk;
import dev.allframe.store.Append;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stores in directories whose names have odd characters. */
class DirectoryNameTest {

    private static final StreamId STREAM = new StreamId("a|1");
    private static final String OUTSIDE = "x\ud83d\ude00";

    @TempDir
    Path directory;

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(1, TimeUnit.MINUTES).join();
    }

    private static EventStoreBackend open(Path place) {
        return AllSourceBackend.withConfig(AllSourceConfig.in(place).withMemoryBytes(64 << 20));
    }

    private static void append(EventStoreBackend store) {
        Envelope envelope = Envelope.of("noted", 1, Payload.json(new byte[]{'1'}), Set.of(),
                EventMetadata.at(Instant.EPOCH), null);
        get(store.append(new Append(STREAM, ExpectedVersion.any(), "writer", List.of(envelope))));
        get(store.flush());
    }

    private static int events(EventStoreBackend store) {
        return get(store.getEvents(STREAM, 1, 9, 9)).size();
    }

    private List<String> made() throws IOException {
        try (Stream<Path> there = Files.walk(directory)) {
            return there.filter(path -> !path.equals(directory)).map(Path::toString).toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b%20#?:;=,{}[]()&|<>*'\"`~!@$^+\\", "line\nbreak\ttab\u0001",
            "\u010de\u0161tina \u65e5\u672c",
            "e\u0301\u200f\ufeff\uffff", "-rf ..%s%d%n..${HOME}"})
    void a_store_and_its_backup_are_in_directories_with_any_other_name(String name) {
        Path place = directory.resolve(name).resolve("store");
        try (EventStoreBackend store = open(place)) {
            append(store);
            get(((EngineBackend) store).backup(directory.resolve(name).resolve("online")));
        }
        try (ClosedStore closed = ClosedStore.lock(new RealDisk(), place, "a test")) {
            Backups.copy(closed, directory.resolve(name).resolve("copy"));
        }
        for (String part : List.of("online", "copy")) {
            try (EventStoreBackend store = open(directory.resolve(name).resolve(part))) {
                assertThat(events(store)).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {OUTSIDE, OUTSIDE + "/store", "below/\ud840\udc00/store"})
    void a_character_outside_of_the_basic_plane_is_refused_before_anything_is_made(String name) throws IOException {
        Path place = directory.resolve(name);

        assertThatThrownBy(() -> open(place))
                .isInstanceOf(UnusableDirectoryException.class)
                .hasMessageContaining(place.toString())
                .hasMessageMatching("(?s).*RocksDB does not find a path with the character U\\+[0-9A-F]{5}; use .*");
        assertThatThrownBy(() -> NewStore.create(new RealDisk(), place, "a test"))
                .isInstanceOf(UnusableDirectoryException.class);
        assertThat(made()).isEmpty();
    }

    @Test
    void a_backup_to_such_a_directory_and_a_tool_in_one_are_refused_and_leave_nothing() throws IOException {
        Path place = directory.resolve("store");
        Path odd = directory.resolve(OUTSIDE);
        try (EventStoreBackend store = open(place)) {
            append(store);
            assertThatThrownBy(() -> get(((EngineBackend) store).backup(odd)))
                    .hasCauseInstanceOf(UnusableDirectoryException.class);
        }
        try (ClosedStore closed = ClosedStore.lock(new RealDisk(), place, "a test")) {
            assertThatThrownBy(() -> Backups.copy(closed, odd)).isInstanceOf(UnusableDirectoryException.class);
        }
        assertThat(odd).doesNotExist();

        Files.move(place, odd);
        assertThatThrownBy(() -> ClosedStore.lock(new RealDisk(), odd, "a test"))
                .isInstanceOf(UnusableDirectoryException.class);
        assertThatThrownBy(() -> open(odd)).isInstanceOf(UnusableDirectoryException.class);
        Path link = Files.createSymbolicLink(directory.resolve("link"), odd);
        try (EventStoreBackend store = open(link)) {
            assertThat(events(store)).isEqualTo(1);
        }
    }

    /** The JVM finds such a directory by the bytes of its name, and gives a replacement character to all others. */
    @Test
    void a_name_whose_bytes_are_no_text_is_refused_before_anything_is_made() throws Exception {
        Process made = new ProcessBuilder("sh", "-c", "mkdir \"$(printf 'raw\\377')\"").directory(directory.toFile())
                .start();
        assumeThat(made.waitFor()).isZero();
        Path raw = children().getFirst();
        assumeThat(Path.of(raw.toString())).isNotEqualTo(raw);

        for (Path place : List.of(raw, raw.resolve("store"))) {
            assertThatThrownBy(() -> open(place)).isInstanceOf(UnusableDirectoryException.class)
                    .hasMessageContaining("bytes that are no text");
            assertThatThrownBy(() -> NewStore.create(new RealDisk(), place, "a test"))
                    .isInstanceOf(UnusableDirectoryException.class);
        }
        assertThat(made()).hasSize(1);
        try (EventStoreBackend store = open(Files.createSymbolicLink(directory.resolve("link"), raw))) {
            append(store);
            assertThat(events(store)).isEqualTo(1);
        }
    }

    private List<Path> children() throws IOException {
        try (Stream<Path> there = Files.list(directory)) {
            return there.toList();
        }
    }

    @Test
    void where_the_system_s_encoding_is_another_only_ascii_is_taken() {
        for (Charset other : List.of(StandardCharsets.US_ASCII, StandardCharsets.ISO_8859_1)) {
            assertThatThrownBy(() -> UnusableDirectoryException.check(Path.of("/data/caf\u00e9"), other))
                    .isInstanceOf(UnusableDirectoryException.class)
                    .hasMessageContaining("LC_ALL=C.UTF-8");
            assertThatCode(() -> UnusableDirectoryException.check(Path.of("/data/cafe"), other))
                    .doesNotThrowAnyException();
        }
        assertThatCode(() -> UnusableDirectoryException.check(Path.of("/data/caf\u00e9"), StandardCharsets.UTF_8))
                .doesNotThrowAnyException();
    }
}
