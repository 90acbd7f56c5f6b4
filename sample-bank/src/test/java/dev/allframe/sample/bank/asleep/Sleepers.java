package dev.allframe.sample.bank.asleep;

import static dev.allframe.projection.Version.version;
import static dev.allframe.saga.SagaAction.command;
import static dev.allframe.saga.SagaAction.sleepUntil;
import static dev.allframe.saga.SagaUndo.cannotBeUndone;
import static dev.allframe.saga.SagaUndo.nothingToUndo;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.saga.SagaType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Sagas that sleep, then ring a bell, which rings as often as it is told to. */
final class Sleepers {

    record Ring(int sleeper) implements Command {}

    @Stored("rung")
    record Rung(int sleeper) implements Event {}

    @Stored("state")
    record Bell(long rings) {}

    static final AggregateType<Ring, Rung, Bell> BELL = AggregateType.named("bell", Ring.class, Rung.class, Bell.class,
            new Aggregate<>() {
                @Override
                public Bell initialState() {
                    return new Bell(0);
                }

                @Override
                public Decision<Rung> decide(Bell bell, Ring ring) {
                    return Decision.persist(new Rung(ring.sleeper()));
                }

                @Override
                public Bell evolve(Bell bell, Rung rung) {
                    return new Bell(bell.rings() + 1);
                }
            });

    /** Whether the contexts of fragile sleepers cannot be read, so that they fail when they are woken. */
    static volatile boolean broken;

    @Stored("context")
    record Sleeper(int number, Instant moment, boolean fragile) {
        Sleeper {
            if (fragile && broken) {
                throw new IllegalArgumentException("planted");
            }
        }

        String bell() {
            return "bell-" + number / 100;
        }
    }

    static final SagaType<Sleeper> SLEEPER = SagaType.named("sleeper", version(1), Sleeper.class)
            .step("sleep", sleepUntil(Sleeper::moment), nothingToUndo())
            .step("ring", command(BELL, Sleeper::bell, sleeper -> new Ring(sleeper.number())), cannotBeUndone());

    /** The machine's clock, moved by as much as a process says. Thread-safe. */
    static final class MovedClock extends Clock {

        private volatile Duration by;

        MovedClock(Duration by) {
            this.by = by;
        }

        /** Moves it forward to a moment. */
        void moveTo(Instant moment) {
            by = Duration.between(Instant.now(), moment);
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(by);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private Sleepers() {}
}
