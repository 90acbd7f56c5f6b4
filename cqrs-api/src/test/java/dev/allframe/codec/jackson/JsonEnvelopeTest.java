package dev.allframe.codec.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.aggregate.Refusal;
import dev.allframe.codec.CodecException;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class JsonEnvelopeTest {

    private static final Instant AT = Instant.parse("2026-11-21T09:30:00.123Z");

    private static Payload json(String text) {
        return Payload.json(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The stored bytes of format version 1: they must stay readable for ever. */
    private static final String GOLDEN = """
            {"v":1,"type":"account.deposited","version":3,"at":"2026-11-21T09:30:00.123Z","data":{ "amount" : "1.00", "x":[1.10,{}] },\
            "tags":["t"],"commandId":"c-1","correlationId":"r","causationId":"é","headers":{"k":"v"},\
            "command":{"id":"c-1","fingerprint":"ff","first":7,"last":8,"outcome":"accepted"}}""";

    private static final Envelope ENVELOPE = Envelope.of("account.deposited", 3,
            json("{ \"amount\" : \"1.00\", \"x\":[1.10,{}] }"), Set.of("t"),
            new EventMetadata(AT, "c-1", "r", "é", Map.of("k", "v")),
            new CommandRecord("c-1", "ff", new CommandRecord.Accepted(), 7, 8));

    @Test
    void the_bytes_of_format_version_1_are_written() {
        assertThat(new String(JsonEnvelope.write(ENVELOPE), StandardCharsets.UTF_8)).isEqualTo(GOLDEN);
    }

    @Test
    void the_bytes_of_format_version_1_are_read() {
        assertThat(JsonEnvelope.read(GOLDEN.getBytes(StandardCharsets.UTF_8))).isEqualTo(ENVELOPE);
    }

    @Test
    void every_outcome_and_every_kind_of_data_comes_back() {
        CommandRecord refused = new CommandRecord("c", "f",
                new CommandRecord.Refused(new Refusal("no", "", Map.of("a", "b"))), 1, 1);
        CommandRecord unchanged = new CommandRecord("c", "f", new CommandRecord.Unchanged(), 1, 1);
        for (CommandRecord command : List.of(refused, unchanged)) {
            for (String data : List.of("{}", "[]", "1", "-1.50", "\"ü\\u0000\"", "true", "null",
                    "{\"a\":{\"b\":[[]]}}")) {
                Envelope envelope = Envelope.of(Envelope.COMMAND_ONLY, 1, json(data), Set.of(), EventMetadata.at(AT),
                        command);

                assertThat(JsonEnvelope.read(JsonEnvelope.write(envelope))).isEqualTo(envelope);
            }
        }
    }

    @Test
    void what_is_no_envelope_is_refused() {
        for (String text : List.of("", "[]", "{}", GOLDEN.replace("\"v\":1", "\"v\":2"),
                GOLDEN.replace("\"tags\"", "\"tugs\""),
                GOLDEN.substring(0, 60), GOLDEN.replace("accepted", "forgotten"), GOLDEN.replace("2026-11-21T", ""))) {
            assertThatThrownBy(() -> JsonEnvelope.read(text.getBytes(StandardCharsets.UTF_8))).as(text)
                    .isInstanceOf(CodecException.class);
        }
    }

    @Test
    void a_payload_of_a_foreign_serializer_is_not_written_whole() {
        Envelope foreign = Envelope.of("x", 1, new Payload(33, "m", new byte[0]), Set.of(), EventMetadata.at(AT), null);

        assertThatThrownBy(() -> JsonEnvelope.write(foreign)).isInstanceOf(CodecException.class);
    }
}
