package dev.allframe.projection.fold;

import static dev.allframe.projection.Change.changes;
import static dev.allframe.projection.Change.none;
import static dev.allframe.projection.Change.put;
import static dev.allframe.projection.Change.remove;
import static dev.allframe.projection.Change.update;
import static dev.allframe.projection.Change.updateBy;
import static dev.allframe.projection.Change.upsert;
import static dev.allframe.projection.Version.version;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.EventCodec;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.projection.Change;
import dev.allframe.projection.EventInfo;
import dev.allframe.projection.Index;
import dev.allframe.projection.Keys;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.RangeIndex;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A domain with every kind of change, and its events as a store has them. */
final class Things {

    static final String STORE = "00000000-0000-0001-0000-000000000002";

    sealed interface ThingCommand extends Command {
        record Make() implements ThingCommand {}
    }

    sealed interface ThingEvent extends Event {
        @Stored("made")
        record Made(String group, long amount) implements ThingEvent {}

        @Stored("added")
        record Added(long amount) implements ThingEvent {}

        @Stored("grown")
        record Grown(long amount) implements ThingEvent {}

        @Stored("moved")
        record Moved(String group, @Nullable String nickname) implements ThingEvent {}

        @Stored("regrouped")
        record Regrouped(String from, String to) implements ThingEvent {}

        @Stored("removed")
        record Removed() implements ThingEvent {}

        @Stored("noted")
        record Noted() implements ThingEvent {}

        @Stored("doubled")
        record Doubled(String twin) implements ThingEvent {}
    }

    @Stored("state")
    record ThingState() {}

    record Row(String group, long amount, @Nullable String nickname) {

        Row plus(long more) {
            return new Row(group, Math.addExact(amount, more), nickname);
        }

        Row in(String other) {
            return new Row(other, amount, nickname);
        }
    }

    static final AggregateType<ThingCommand, ThingEvent, ThingState> THING = AggregateType.named("thing",
            ThingCommand.class, ThingEvent.class, ThingState.class, new Aggregate<>() {
                @Override
                public ThingState initialState() {
                    return new ThingState();
                }

                @Override
                public Decision<ThingEvent> decide(ThingState state, ThingCommand command) {
                    return Decision.noChange();
                }

                @Override
                public ThingState evolve(ThingState state, ThingEvent event) {
                    return state;
                }
            });

    static final Index<Row, String> GROUP = Index.on("group", Row::group, Keys.STRING);
    static final Index<Row, String> NICKNAME = Index.on("nickname", Row::nickname, Keys.STRING);
    static final RangeIndex<Row, Long> AMOUNT = RangeIndex.on("amount", Row::amount, Keys.LONG);

    static final ProjectionType<String, Row> THINGS = ProjectionType
            .named("things", version(1), String.class, Row.class)
            .indexedBy(GROUP, AMOUNT, NICKNAME)
            .from(THING, Things::onThing);

    private Things() {}

    static Change<String, Row> onThing(ThingEvent event, EventInfo info) {
        String id = info.id();
        return switch (event) {
            case ThingEvent.Made(var group, var amount) -> put(id, new Row(group, amount, null));
            case ThingEvent.Added(var amount) -> update(id, row -> row.plus(amount));
            case ThingEvent.Grown(var amount) -> upsert(id, new Row("none", 0, null), row -> row.plus(amount));
            case ThingEvent.Moved(var group, var nickname) ->
                update(id, row -> new Row(group, row.amount(), nickname));
            case ThingEvent.Regrouped(var from, var to) -> updateBy(GROUP, from, row -> row.in(to));
            case ThingEvent.Removed() -> remove(id);
            case ThingEvent.Noted() -> none();
            case ThingEvent.Doubled(var twin) ->
                changes(update(id, row -> row.plus(1)), put(twin, new Row("twins", 0, null)),
                        updateBy(GROUP, "twins", row -> row.plus(2)), update(id, row -> row.plus(row.amount())));
        };
    }

    /** Gives events their numbers, as a store does. */
    static final class Log {

        private final EventCodec<ThingEvent> codec = JacksonEventCodec.of(THING);
        private final Map<String, Long> versions = new HashMap<>();
        private long position;

        StoredEvent next(String id, ThingEvent event) {
            EncodedEvent encoded = codec.encode(event);
            return new StoredEvent(StreamId.of("thing", id), versions.merge(id, 1L, Long::sum),
                    new Position(STORE, 0, 0, ++position), "test",
                    Envelope.of(encoded.type(), encoded.version(), Payload.json(encoded.bytes()), Set.of(),
                            EventMetadata.at(Instant.EPOCH), null));
        }
    }

    static Handlers.Codecs codecs() {
        return new Handlers.Codecs() {
            @Override
            public <E extends Event> EventCodec<E> of(ProjectionType.Source<E, ?, ?> source) {
                return JacksonEventCodec.of(source.aggregate());
            }
        };
    }
}
