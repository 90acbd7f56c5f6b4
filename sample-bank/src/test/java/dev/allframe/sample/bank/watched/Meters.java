package dev.allframe.sample.bank.watched;

import static dev.allframe.projection.Version.version;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.projection.Change;
import dev.allframe.projection.Index;
import dev.allframe.projection.Keys;
import dev.allframe.projection.ProjectionType;

/** Readings of meters, and a view with a row for each number. */
final class Meters {

    /** A row of a house has so many numbers at most. */
    static final long NUMBERS_OF_A_HOUSE = 1_000;

    sealed interface MeterCommand extends Command {
        record Look() implements MeterCommand {}
    }

    sealed interface MeterEvent extends Event {
        @Stored("read")
        record Read(long number, long value) implements MeterEvent {}

        @Stored("moved")
        record Moved(long number, long house) implements MeterEvent {}

        @Stored("removed")
        record Removed(long number) implements MeterEvent {}
    }

    @Stored("state")
    record Meter() {}

    static final AggregateType<MeterCommand, MeterEvent, Meter> METER = AggregateType.named("meter",
            MeterCommand.class, MeterEvent.class, Meter.class, new Aggregate<>() {
                @Override
                public Meter initialState() {
                    return new Meter();
                }

                @Override
                public Decision<MeterEvent> decide(Meter state, MeterCommand command) {
                    return Decision.noChange();
                }

                @Override
                public Meter evolve(Meter state, MeterEvent event) {
                    return state;
                }
            });

    /** The last reading of a number. */
    record Reading(long house, long value) {}

    static final Index<Reading, Long> HOUSE = Index.on("house", Reading::house, Keys.LONG);

    static final ProjectionType<Long, Reading> READINGS = ProjectionType
            .named("readings", version(1), Long.class, Reading.class)
            .indexedBy(HOUSE)
            .from(METER, (event, info) -> switch (event) {
                case MeterEvent.Read(var number, var value) ->
                    Change.put(number, new Reading(number / NUMBERS_OF_A_HOUSE, value));
                case MeterEvent.Moved(var number, var house) -> Change.upsert(number, new Reading(house, 0),
                        reading -> new Reading(house, reading.value()));
                case MeterEvent.Removed(var number) -> Change.remove(number);
            });

    private Meters() {}
}
