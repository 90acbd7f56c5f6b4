package dev.allframe.runtime;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Since;
import dev.allframe.aggregate.Stored;
import java.util.function.Supplier;

/** The versions that the code of one aggregate has had. */
final class CodeVersions {

    private CodeVersions() {}

    record Open(String owner) implements Command {}

    @Stored("opened")
    record First(String owner) implements Event {}

    @Stored(value = "opened", version = 2)
    record Second(String owner, @Since(version = 2, defaultValue = "5") int limit) implements Event {}

    @Stored(value = "opened", ignoreUnknown = true)
    record Tolerant(String owner) implements Event {}

    @Stored(value = "opened", ignoreUnknown = true)
    record TolerantOfOthers(String owner, String branch) implements Event {}

    enum Kind { CASH }

    enum MoreKinds {
        CASH, CARD
    }

    @Stored("opened")
    record OfKind(Kind kind) implements Event {}

    @Stored("opened")
    record OfMoreKinds(MoreKinds kind) implements Event {}

    /** Stores one event for each command. */
    record Rules<E extends Event>(Supplier<E> event) implements Aggregate<Open, E, Integer> {

        @Override
        public Integer initialState() {
            return 0;
        }

        @Override
        public Decision<E> decide(Integer state, Open command) {
            return Decision.persist(event.get());
        }

        @Override
        public Integer evolve(Integer state, E event) {
            return state + 1;
        }
    }

    static <E extends Event> AggregateType<Open, E, Integer> account(Class<E> events, Supplier<E> event) {
        return aggregate("account", events, event);
    }

    static <E extends Event> AggregateType<Open, E, Integer> aggregate(String name, Class<E> events,
            Supplier<E> event) {
        return AggregateType.named(name, Open.class, events, Integer.class, new Rules<>(event)).snapshotEvery(0);
    }

    static final AggregateType<Open, First, Integer> FIRST = account(First.class, () -> new First("Ann"));
    static final AggregateType<Open, Second, Integer> SECOND = account(Second.class,
            () -> new Second("Ann", 7));

    static final AggregateType<Open, OfKind, Integer> OF_KIND = account(OfKind.class, () -> new OfKind(Kind.CASH));
    static final AggregateType<Open, OfMoreKinds, Integer> OF_MORE_KINDS = account(OfMoreKinds.class,
            () -> new OfMoreKinds(MoreKinds.CARD));
}
