package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.allframe.store.Append;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.Snapshot;
import dev.allframe.store.SnapshotCriteria;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Names are compared char by char, in every place where a name can stand. */
abstract class NameConformance extends StoreConformance {

    private static final String[] SURPRISES = {"\u00e9", "e\u0301", "\ud83d\ude00", "\u05d0\u202e\u05d1", "a\0b", " ",
            "\uffff", "\ufeff", "\r\n\t", "\\u0041", "%_'\"`$"};

    NameConformance(EventStoreBackendConformance suite) {
        super(suite);
    }

    /** Streams, snapshots and states with these ids do not mix, and their ids come back as they were given. */
    private void assertKeptApart(String... ids) {
        StreamId[] streams = Arrays.stream(ids).map(StreamId::new).toArray(StreamId[]::new);
        for (int i = 0; i < streams.length; i++) {
            append(streams[i], "event " + i);
            done(store.saveSnapshot(new Snapshot(streams[i], 1, NOON, json("snapshot " + i), null)));
            done(store.upsertState(streams[i], 1, json("state " + i), ""));
        }
        for (int i = 0; i < streams.length; i++) {
            StreamId stream = streams[i];
            assertThat(texts(read(stream))).as("stream %s", i).containsExactly("event " + i);
            assertThat(read(stream).getFirst().stream()).isEqualTo(stream);
            assertThat(done(store.highestSequenceNr(stream))).isEqualTo(1);
            assertThat(done(store.getLatestSnapshot(stream, SnapshotCriteria.all())).orElseThrow())
                    .isEqualTo(new Snapshot(stream, 1, NOON, json("snapshot " + i), null));
            assertThat(done(store.getState(stream)).orElseThrow().payload()).isEqualTo(json("state " + i));
        }
        StreamId[] sorted = streams.clone();
        Arrays.sort(sorted);
        assertThat(done(store.getStreams(null, 100))).containsExactly(sorted);
        assertThat(done(store.getStateIds(null, 100))).containsExactly(sorted);
        assertThat(readAll()).extracting(StoredEvent::stream).containsExactly(streams);
    }

    @Test
    void composed_and_decomposed_letters_stay_distinct() {
        assertKeptApart("\u00e9", "e\u0301", "\uac00", "\u1100\u1161", "\u212b", "\u00c5", "A\u030a");
    }

    @Test
    void emoji_and_other_characters_beyond_16_bits() {
        assertKeptApart("\ud83d\ude00", "\ud83d\ude01", "\ud83d\udc69\u200d\ud83d\udcbb", "\ud83d\udc69",
                "\udbff\udfff");
    }

    @Test
    void ids_are_ordered_by_their_utf_16_code_units() {
        assertKeptApart("\uffee", "\ud83d\ude00", "\ue000", "z", "\u00e9", "\0");
    }

    @Test
    void text_from_right_to_left() {
        assertKeptApart("\u05d0\u05d1", "\u05d1\u05d0", "\u0645\u0631", "\u202e\u0645\u0631", "\u200f\u05d0\u05d1");
    }

    @Test
    void nul_and_other_control_characters() {
        assertKeptApart("\0", "\0\0", "a", "a\0", "a\0b", "\u0001", "\r", "\n", "\r\n", "\u007f", "\u0085", "\ufeff");
    }

    @Test
    void very_long_ids() {
        String prefix = "x".repeat(9_999);
        assertKeptApart(prefix, prefix + "a", prefix + "b", "\u20ac".repeat(10_000), "\ud83d\ude00".repeat(5_000));
    }

    @Test
    void ids_that_differ_by_case() {
        assertKeptApart("anna", "Anna", "ANNA", "\u0131", "i", "I", "\u0130", "\u00df", "ss", "\u1e9e");
    }

    @Test
    void ids_that_differ_by_space() {
        assertKeptApart("a", "a ", " a", "a  ", "a\u00a0", "a\u200b", "a\t", " ", "  ");
    }

    @Test
    void bars_in_ids() {
        assertKeptApart("|", "||", "a|", "|a", "a|b", "a|b|c", "a||b", "a");
    }

    @Test
    void ids_that_look_like_something_else() {
        assertKeptApart("../a", "a/b", "a\\b", "C:\\a", "CON", "%", "_", "'", "\"; drop table events", "null", "1",
                "01",
                "1.0", "%2e", "\\u0041", "A", "a:b", "a*", "?");
    }

    @Test
    void names_in_every_other_place() {
        for (String name : SURPRISES) {
            Envelope envelope = new Envelope(name, 1, new Payload(1, name, new byte[]{1}), Set.of(name, name + "2"),
                    new EventMetadata(NOON, name, name, name, Map.of(name, name)),
                    new CommandRecord(name, name, new CommandRecord.Accepted(), 1, 1), name,
                    new Payload(2, name, new byte[]{2}));
            StreamId stream = new StreamId(name);
            done(store.append(new Append(stream, ExpectedVersion.any(), name, List.of(envelope))));

            StoredEvent stored = read(stream).getFirst();
            assertThat(stored.writer()).isEqualTo(name);
            assertThat(stored.envelope()).isEqualTo(envelope);
            assertThat(readAll(EventFilter.tag(name), Position.START, 100)).containsExactly(stored);
            assertThat(readAll(EventFilter.eventType(name), Position.START, 100)).containsExactly(stored);
        }
    }

    @Test
    void surprising_entity_types() {
        for (String name : SURPRISES) {
            append(new StreamId(name + "|1"), name);
            assertThat(texts(readAll(EventFilter.entityType(name), Position.START, 100))).containsExactly(name);
        }
    }

    @Test
    void tags_of_states_and_manifests_of_snapshots() {
        for (String name : SURPRISES) {
            Payload payload = new Payload(3, name, new byte[]{3});
            assertThat(done(store.upsertState(new StreamId(name), 1, payload, name)).tag()).isEqualTo(name);
            done(store.saveSnapshot(new Snapshot(new StreamId(name), 1, NOON, payload, payload)));

            assertThat(done(store.getState(new StreamId(name))).orElseThrow().payload()).isEqualTo(payload);
            assertThat(done(store.getState(new StreamId(name))).orElseThrow().tag()).isEqualTo(name);
            assertThat(done(store.getLatestSnapshot(new StreamId(name), SnapshotCriteria.all())))
                    .contains(new Snapshot(new StreamId(name), 1, NOON, payload, payload));
        }
    }

    @Test
    void an_unpaired_surrogate_in_an_id_is_kept_or_refused() {
        assertKeptOrRefused(new Append(new StreamId("a\ud83d"), ExpectedVersion.any(), "w", List.of(event("x"))));
        assertKeptOrRefused(new Append(new StreamId("\ude00a"), ExpectedVersion.any(), "w", List.of(event("y"))));
    }

    @Test
    void an_unpaired_surrogate_in_a_record_is_kept_or_refused() {
        String half = "a\ud83d";
        EventMetadata metadata = EventMetadata.at(NOON);
        for (ThrowingCallable made : List.<ThrowingCallable>of(
                () -> Envelope.of("t", 1, json(""), Set.of(half), metadata, null),
                () -> new EventMetadata(NOON, half, null, null, Map.of()),
                () -> new EventMetadata(NOON, null, null, null, Map.of("user", half)))) {
            assertThatThrownBy(made).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("surrogate");
        }
        Envelope typed = Envelope.of(half, 1, json(""), Set.of(), metadata, null);
        assertKeptOrRefused(new Append(ANNA, ExpectedVersion.any(), "w", List.of(event("with it"), typed)));
        assertKeptOrRefused(new Append(ANNA, ExpectedVersion.any(), half, List.of(event("x"))));
    }

    /**
     * Exactly what was given is stored, or the append is refused and has no effect; in both cases the store goes on.
     */
    private void assertKeptOrRefused(Append append) {
        List<StoredEvent> before = readAll();
        Throwable refusal = catchThrowable(() -> done(store.append(append)));
        List<StoredEvent> added = readAll().subList(before.size(), readAll().size());

        if (refusal == null) {
            assertThat(added).extracting(StoredEvent::envelope).isEqualTo(append.records());
            assertThat(added).extracting(StoredEvent::stream).containsOnly(append.stream());
            assertThat(added).extracting(StoredEvent::writer).containsOnly(append.writer());
        } else {
            assertThat(refusal).isInstanceOf(IllegalArgumentException.class);
            assertThat(added).isEmpty();
        }
        append(BERT, "goes on");
        assertThat(texts(readAll())).endsWith("goes on");
    }
}
