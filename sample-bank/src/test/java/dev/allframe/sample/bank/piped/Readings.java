package dev.allframe.sample.bank.piped;

import static dev.allframe.pipeline.Sessions.session;
import static dev.allframe.pipeline.Windows.sliding;
import static dev.allframe.pipeline.Windows.tumbling;
import static dev.allframe.projection.Version.version;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.pipeline.LateEvents;
import dev.allframe.pipeline.Pipeline;
import dev.allframe.pipeline.Windowed;
import dev.allframe.projection.ProjectionType;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import java.util.List;
import java.util.Random;

/**
 * Readings of meters, which come late and in any order, by clocks that step back, and views of them that are
 * pipelines. Windows and retention are
 * random: one seed gives one set of views.
 */
final class Readings {

    sealed interface MeterCommand extends Command {
        record Look() implements MeterCommand {}
    }

    sealed interface MeterEvent extends Event {
        @Stored("read")
        record Read(Instant at, int used) implements MeterEvent {}

        @Stored("moved")
        record Moved(String to) implements MeterEvent {}
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

    /** What the views make of an event. */
    record Reading(String meter, Instant at, int used) {

        boolean isEven() {
            return used % 2 == 0;
        }
    }

    /** Readings that were added up. */
    record Sum(long used, long count) {

        static final Sum ZERO = new Sum(0, 0);

        Sum plus(Reading reading) {
            return new Sum(used + reading.used, count + 1);
        }

        Sum and(Sum other) {
            return new Sum(used + other.used, count + other.count);
        }
    }

    static final ZoneId PRAGUE = ZoneId.of("Europe/Prague");

    final Duration every;
    final Duration size;
    final Duration gap;
    final Duration kept;

    final ProjectionType<String, Sum> totals;
    final ProjectionType<Windowed<String, Instant>, Sum> tumbled;
    final ProjectionType<String, LateEvents> tumbledLate;
    final ProjectionType<Windowed<String, Instant>, Sum> slid;
    final ProjectionType<String, LateEvents> slidLate;
    final ProjectionType<Windowed<String, Instant>, Sum> sessions;
    final ProjectionType<String, LateEvents> sessionsLate;
    final ProjectionType<Windowed<Integer, Instant>, Sum> days;

    Readings(long seed) {
        Random random = new Random(seed);
        every = Duration.ofMinutes(5 + random.nextInt(25));
        size = every.multipliedBy(1 + random.nextInt(40));
        gap = Duration.ofMinutes(4 + random.nextInt(8));
        kept = Duration.ofMinutes(60 + random.nextInt(120));
        Pipeline<Reading> readings = Pipeline.from(METER)
                .flatMapWithInfo((event, info) -> {
                    ReadingsProcess.say("handled " + info.position().index());
                    return event instanceof MeterEvent.Read(var at, var used)
                            ? List.of(new Reading(info.id(), at, used))
                            : List.of();
                });
        Pipeline.Branches<Reading> branches = readings.branch(Reading::isEven);
        totals = readings.groupBy(String.class, Reading::meter).reduce(Sum.ZERO, Sum::plus).into("totals", version(1));
        var inWindows = readings.groupBy(String.class, Reading::meter)
                .window(tumbling(every), Reading::at)
                .retention(kept);
        tumbled = inWindows.reduce(Sum.ZERO, Sum::plus).into("tumbled", version(1));
        tumbledLate = inWindows.late().into("tumbled-late", version(1));
        var inSliding = branches.matching()
                .groupBy(String.class, Reading::meter)
                .window(sliding(size, every), Reading::at)
                .retention(kept);
        slid = inSliding.reduce(Sum.ZERO, Sum::plus).into("slid", version(1));
        slidLate = inSliding.late().into("slid-late", version(1));
        var inSessions = branches.others()
                .groupBy(String.class, Reading::meter)
                .window(session(gap), Reading::at)
                .retention(kept);
        sessions = inSessions.reduce(Sum.ZERO, Sum::plus, Sum::and).into("sessions", version(1));
        sessionsLate = inSessions.late().into("sessions-late", version(1));
        days = branches.matching()
                .and(branches.others())
                .groupBy(Integer.class, reading -> reading.used() % 3)
                .window(tumbling(Period.ofDays(1), PRAGUE), Reading::at)
                .reduce(Sum.ZERO, Sum::plus)
                .into("days", version(1));
    }

    List<ProjectionType<?, ?>> views() {
        return List.of(totals, tumbled, tumbledLate, slid, slidLate, sessions, sessionsLate, days);
    }
}
