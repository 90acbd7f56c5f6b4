package dev.allframe.api.testkit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.aggregate.Refusal;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventFilter;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every part of an envelope comes back as it was given, by whatever way it is read. */
@Guarantee("G2")
abstract class EnvelopeConformance extends StoreConformance {

    private static final Payload PAYLOAD = json("{}");

    EnvelopeConformance(EventStoreBackendConformance suite) {
        super(suite);
    }

    private void assertKept(Envelope... records) {
        append(ANNA, records);

        assertThat(read(ANNA)).extracting(StoredEvent::envelope).containsExactly(records);
        assertThat(done(store.getEventsBackwards(ANNA, Long.MAX_VALUE, 100)).reversed()).isEqualTo(read(ANNA));
        assertThat(done(store.getAllEvents(EventFilter.all(), Position.START, 100)).events()).isEqualTo(read(ANNA));
    }

    private static Envelope with(Payload payload) {
        return Envelope.of("type", 1, payload, Set.of(), EventMetadata.at(NOON), null);
    }

    private static Envelope with(EventMetadata metadata) {
        return Envelope.of("type", 1, PAYLOAD, Set.of(), metadata, null);
    }

    private static Envelope with(CommandRecord command) {
        return Envelope.of("type", 1, PAYLOAD, Set.of(), EventMetadata.at(NOON), command);
    }

    @Test
    void an_envelope_with_everything() {
        EventMetadata metadata = new EventMetadata(NOON, "command-1", "correlation-1", "causation-1",
                Map.of("user", "anna", "ip", "::1"));
        CommandRecord command = new CommandRecord("command-1", "sha256:0", new CommandRecord.Accepted(), 1, 2);
        assertKept(new Envelope("account.opened", 3, json("{\"a\":1}"), Set.of("x", "y"), metadata, command,
                "adapter manifest", new Payload(11, "meta", new byte[]{1, 0, -1})), event("second"));
    }

    @Test
    void an_envelope_with_as_little_as_possible() {
        assertKept(new Envelope("", 1, new Payload(0, "", new byte[0]), Set.of(), EventMetadata.at(Instant.EPOCH),
                null, "", null));
    }

    @Test
    void ids_that_are_there_empty_or_not_there() {
        assertKept(with(new EventMetadata(NOON, "c", null, null, Map.of())),
                with(new EventMetadata(NOON, null, "c", null, Map.of())),
                with(new EventMetadata(NOON, null, null, "c", Map.of())),
                with(new EventMetadata(NOON, "", "", "", Map.of())));
    }

    @Test
    void times_to_the_millisecond_before_and_after_ours() {
        assertKept(with(EventMetadata.at(Instant.parse("1969-12-31T23:59:59.999Z"))),
                with(EventMetadata.at(Instant.parse("1582-10-10T00:00:00.001Z"))),
                with(EventMetadata.at(Instant.parse("9999-12-31T23:59:59.999Z"))));
    }

    @Test
    void headers_with_any_name_and_value() {
        Map<String, String> many = IntStream.range(0, 200)
                .boxed()
                .collect(Collectors.toMap(i -> "name " + i, i -> "value " + i));
        assertKept(with(new EventMetadata(NOON, null, null, null, many)),
                with(new EventMetadata(NOON, null, null, null, Map.of("", "empty name", "empty value", ""))),
                with(new EventMetadata(NOON, null, null, null, Map.of("a=b,c\n", "\"d\\\"':;{}[]", "null", "null"))));
    }

    @Test
    void no_tag_one_tag_and_many() {
        Set<String> many = IntStream.range(0, 200).mapToObj(i -> "tag " + i).collect(Collectors.toSet());
        EventMetadata metadata = EventMetadata.at(NOON);
        assertKept(Envelope.of("type", 1, PAYLOAD, Set.of(), metadata, null),
                Envelope.of("type", 1, PAYLOAD, Set.of("a,b"), metadata, null),
                Envelope.of("type", 1, PAYLOAD, Set.of("", "a", "A"), metadata, null),
                Envelope.of("type", 1, PAYLOAD, many, metadata, null));
    }

    @Test
    @Guarantee({"G2", "G5"})
    void a_command_with_each_outcome() {
        Refusal plain = new Refusal("closed", "", Map.of());
        Refusal detailed = new Refusal("insufficient-funds", "Not enough: \"10\" < 20",
                Map.of("balance", "10", "", ""));
        assertKept(with(new CommandRecord("c1", "f1", new CommandRecord.Accepted(), 1, 1)),
                with(new CommandRecord("c2", "", new CommandRecord.Unchanged(), 2, 2)),
                with(new CommandRecord("c3", "f3", new CommandRecord.Refused(plain), 3, 3)),
                with(new CommandRecord("c4", "f4", new CommandRecord.Refused(detailed), 4, Long.MAX_VALUE)),
                with(new CommandRecord("c5", "", new CommandRecord.Voided(), 5, 5)));
    }

    @Test
    @Guarantee({"G2", "G5"})
    void a_record_without_an_event_takes_a_place_like_any_other() {
        CommandRecord command = new CommandRecord("c", "f", new CommandRecord.Unchanged(), 2, 2);
        Envelope memory = Envelope.of(Envelope.COMMAND_ONLY, 1, json(""), Set.of(), EventMetadata.at(NOON), command);

        assertKept(event("1"), memory, event("3"));

        assertThat(sequenceNrs(read(ANNA))).containsExactly(1L, 2L, 3L);
        assertThat(done(store.getEvent(ANNA, 2)).orElseThrow().envelope().isEvent()).isFalse();
    }

    @Test
    void payloads_of_foreign_serializers() {
        assertKept(with(new Payload(4711, "com.example.Event", new byte[]{0, 1, 2, -128, 127})),
                with(new Payload(-1, "", new byte[]{'{', 0})),
                with(new Payload(Integer.MIN_VALUE, "m", new byte[]{(byte) 0xC3, 0x28})),
                with(new Payload(Integer.MAX_VALUE, "m", new byte[]{1})));
    }

    @Test
    void payloads_from_empty_to_the_largest() {
        byte[] largest = everyByte(MAX_RECORD_BYTES - 16); // type, m, conformance
        assertKept(with(json("")), with(new Payload(1, "m", new byte[0])), with(new Payload(1, "m", largest)));
    }

    @Test
    void payloads_that_are_not_json_although_they_say_so() {
        assertKept(with(Payload.json(new byte[]{-1, -2, 0})), with(new Payload(Payload.JSON_TEXT, "m", largeText())));
    }

    private static byte[] largeText() {
        byte[] bytes = new byte[1_000];
        Arrays.fill(bytes, (byte) 'x');
        return bytes;
    }

    @Test
    void the_parts_of_event_adapters() {
        EventMetadata metadata = EventMetadata.at(NOON);
        assertKept(new Envelope("t", 1, PAYLOAD, Set.of(), metadata, null, "manifest", null),
                new Envelope("t", 1, PAYLOAD, Set.of(), metadata, null, "", new Payload(5, "", new byte[0])),
                new Envelope("t", 1, PAYLOAD, Set.of(), metadata, null, "m", new Payload(-5, "n", new byte[]{9})));
    }

    @Test
    void types_and_versions() {
        EventMetadata metadata = EventMetadata.at(NOON);
        assertKept(Envelope.of("a.b", 1, PAYLOAD, Set.of(), metadata, null),
                Envelope.of("A.B", 2, PAYLOAD, Set.of(), metadata, null),
                Envelope.of("a b ", Integer.MAX_VALUE, PAYLOAD, Set.of(), metadata, null));
    }

    @Test
    void the_same_envelope_many_times() {
        Envelope same = event("same");
        List<Envelope> records = Collections.nCopies(50, same);
        assertKept(records.toArray(Envelope[]::new));
    }
}
