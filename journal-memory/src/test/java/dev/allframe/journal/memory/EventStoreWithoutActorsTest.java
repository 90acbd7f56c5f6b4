package dev.allframe.journal.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.EventCodec;
import dev.allframe.codec.UnknownStoredTypeException;
import dev.allframe.evolution.StoredVersion;
import dev.allframe.evolution.VersionRegistry;
import dev.allframe.store.EventStore;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Position;
import dev.allframe.store.RecordedEvent;
import dev.allframe.store.Subscription;
import dev.allframe.store.VersionConflictException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The event store as a plain object: no actor, no configuration, and a codec of one's own. */
class EventStoreWithoutActorsTest {

    sealed interface LampCommand extends Command permits Press {}

    record Press() implements LampCommand {}

    sealed interface LampEvent extends Event {}

    record SwitchedOn() implements LampEvent {}

    record Dimmed(int percent) implements LampEvent {}

    /** Stores {@code lamp.switched-on} and {@code lamp.dimmed} with the percentage as text. */
    static final class LampCodec implements EventCodec<LampEvent> {
        @Override
        public EncodedEvent encode(LampEvent event) {
            return switch (event) {
                case SwitchedOn() -> encoded("lamp.switched-on", "{}");
                case Dimmed(var percent) -> encoded("lamp.dimmed", Integer.toString(percent));
            };
        }

        private static EncodedEvent encoded(String type, String json) {
            return new EncodedEvent(type, 1, json.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public List<LampEvent> decode(EncodedEvent stored) {
            return switch (stored.type()) {
                case "lamp.switched-on" -> List.of(new SwitchedOn());
                case "lamp.dimmed" ->
                    List.of(new Dimmed(Integer.parseInt(new String(stored.bytes(), StandardCharsets.UTF_8))));
                default -> throw new UnknownStoredTypeException(stored.type(), stored.version(), versions());
            };
        }

        @Override
        public VersionRegistry versions() {
            return VersionRegistry.ofToday(new StoredVersion("lamp.switched-on", 1),
                    new StoredVersion("lamp.dimmed", 1));
        }
    }

    static final class Lamp implements Aggregate<LampCommand, LampEvent, Integer> {
        @Override
        public Integer initialState() {
            return 0;
        }

        @Override
        public Decision<LampEvent> decide(Integer brightness, LampCommand command) {
            return Decision.persist(brightness == 0 ? new SwitchedOn() : new Dimmed(brightness / 2));
        }

        @Override
        public Integer evolve(Integer brightness, LampEvent event) {
            return switch (event) {
                case SwitchedOn() -> 100;
                case Dimmed(var percent) -> percent;
            };
        }
    }

    private final InMemoryBackend backend = InMemoryBackend.unbounded();
    private final EventStore<LampEvent> lamps = EventStore.of(backend,
            AggregateType.named("lamp", LampCommand.class, LampEvent.class, Integer.class, new Lamp()),
            new LampCodec());

    @AfterEach
    void close() {
        backend.close();
    }

    @Test
    void appends_reads_and_follows_events() throws Exception {
        lamps.append("kitchen", ExpectedVersion.noStream(), List.of(new SwitchedOn(), new Dimmed(40)))
                .toCompletableFuture()
                .join();
        BlockingQueue<LampEvent> seen = new LinkedBlockingQueue<>();

        try (Subscription subscription = lamps.subscribe(Position.START, event -> seen.add(event.event()))) {
            lamps.append("hall", ExpectedVersion.noStream(), List.of(new SwitchedOn())).toCompletableFuture().join();

            assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo(new SwitchedOn());
            assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo(new Dimmed(40));
            assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo(new SwitchedOn());
        }
        assertThat(lamps.streamEvents("kitchen").map(RecordedEvent::event)).containsExactly(new SwitchedOn(),
                new Dimmed(40));
        assertThat(lamps.streamAllEvents(Position.START).map(RecordedEvent::id)).containsExactly("kitchen", "kitchen",
                "hall");
    }

    @Test
    void a_stale_writer_is_told() {
        lamps.append("kitchen", ExpectedVersion.noStream(), List.of(new SwitchedOn())).toCompletableFuture().join();

        assertThatThrownBy(() -> lamps.append("kitchen", ExpectedVersion.noStream(), List.of(new Dimmed(1)))
                .toCompletableFuture()
                .join()).hasCauseInstanceOf(VersionConflictException.class);
        assertThat(lamps.streamEvents("kitchen")).hasSize(1);
    }
}
