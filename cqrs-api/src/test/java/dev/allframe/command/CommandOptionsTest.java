package dev.allframe.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.aggregate.Event;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.RecordedEvent;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class CommandOptionsTest {

    @Test
    void a_time_limit_is_positive_and_at_most_a_day() {
        assertThat(CommandOptions.none().within(Duration.ofDays(1)).timeout()).isEqualTo(Duration.ofDays(1));
        assertThatThrownBy(() -> CommandOptions.none().within(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CommandOptions.none().within(Duration.ofDays(300)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("timeout must be positive and at most PT24H, not PT7200H");
    }

    @Test
    void what_follows_from_an_event_is_the_same_whether_it_was_read_typed_or_not() {
        record Opened() implements Event {}
        EventMetadata metadata = new EventMetadata(Instant.EPOCH, "c-1", "r-1", "m-1",
                Map.of(CommandOptions.USER, "ann", "other", "is not carried on"));
        StreamId stream = StreamId.of("account", "acc-1");
        StoredEvent stored = new StoredEvent(stream, 3, Position.START, "writer",
                Envelope.of("account.opened", 1, Payload.json(new byte[0]), Set.of(), metadata, null));
        RecordedEvent<Opened> recorded = new RecordedEvent<>(stream, 3, Position.START, metadata, new Opened());

        CommandOptions options = CommandOptions.none().causedBy(recorded);

        assertThat(options).isEqualTo(CommandOptions.none().causedBy(stored));
        assertThat(options.causationId()).isEqualTo("account|acc-1#3");
        assertThat(options.correlationId()).isEqualTo("r-1");
        assertThat(options.headers()).isEqualTo(Map.of(CommandOptions.USER, "ann"));
        assertThat(recorded.id()).isEqualTo("acc-1");
    }

    @Test
    void a_command_id_is_not_blank_and_not_long() {
        assertThat(CommandOptions.withCommandId("x".repeat(256)).commandId()).hasSize(256);
        assertThatThrownBy(() -> CommandOptions.withCommandId(" ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CommandOptions.withCommandId("x".repeat(257)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a command id has at most 256 characters, not 257");
    }
}
