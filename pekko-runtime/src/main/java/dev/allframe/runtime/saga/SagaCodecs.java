package dev.allframe.runtime.saga;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Event;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.EventCodec;
import dev.allframe.codec.RowCodec;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.evolution.VersionRegistry;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.fold.Handlers;
import dev.allframe.runtime.projection.RegisteredView;
import dev.allframe.saga.machine.SagaCommand;
import dev.allframe.saga.machine.SagaEvent;
import dev.allframe.saga.machine.SagaState;
import java.util.List;

/**
 * Codecs of sagas that remember what they have coded last: each record of a saga is written once on this node, and read
 * by every view of sagas; each row is read again when the next record changes it, and by whoever waits for the saga.
 * Thread-safe.
 */
final class SagaCodecs {

    private static final int EVENTS = 4_096;
    private static final int ROWS = 2_048;

    private final EventCodec<SagaEvent> events;

    /** The codecs of one AllFrame. */
    SagaCodecs(AggregateType<SagaCommand, SagaEvent, SagaState> machine) {
        events = remembering(JacksonEventCodec.of(machine));
    }

    /** The events of sagas. */
    EventCodec<SagaEvent> events() {
        return events;
    }

    /** A view of sagas alone, whose rows are immutable. */
    <K, R> RegisteredView<K, R> view(ProjectionType<K, R> type, RowCodec<R> rows) {
        return new RegisteredView<>(type, remembering(rows),
                new Handlers<>(type, new Handlers.Codecs() {
                    @Override
                    @SuppressWarnings("unchecked") // sagas are the one aggregate that the view reads
                    public <E extends Event> EventCodec<E> of(ProjectionType.Source<E, ?, ?> source) {
                        return (EventCodec<E>) events;
                    }
                }));
    }

    private static EventCodec<SagaEvent> remembering(EventCodec<SagaEvent> codec) {
        RecentForms<List<SagaEvent>> recent = new RecentForms<>(EVENTS);
        return new EventCodec<>() {
            @Override
            public EncodedEvent encode(SagaEvent event) {
                EncodedEvent encoded = codec.encode(event);
                recent.keep(encoded.type(), encoded.version(), encoded.bytes(), List.of(event));
                return encoded;
            }

            @Override
            public List<SagaEvent> decode(EncodedEvent stored) {
                return recent.of(stored.type(), stored.version(), stored.bytes(), () -> codec.decode(stored));
            }

            @Override
            public VersionRegistry versions() {
                return codec.versions();
            }
        };
    }

    private static <R> RowCodec<R> remembering(RowCodec<R> codec) {
        RecentForms<R> recent = new RecentForms<>(ROWS);
        return new RowCodec<>() {
            @Override
            public byte[] encode(R row) {
                byte[] encoded = codec.encode(row);
                recent.keep("row", 1, encoded, row);
                return encoded;
            }

            @Override
            public R decode(byte[] stored) {
                return recent.of("row", 1, stored, () -> codec.decode(stored));
            }

            @Override
            public String schema() {
                return codec.schema();
            }
        };
    }
}
