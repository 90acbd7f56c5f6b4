package dev.allframe.multijvm;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;

/** A till that counts what is paid in: each payment is one command with an id, and one event. */
final class Till implements Aggregate<Till.Pay, Till.Paid, Till.Total> {

    /** The till as a kind of aggregate. */
    static final AggregateType<Pay, Paid, Total> TILL = AggregateType
            .named("till", Pay.class, Paid.class, Total.class, new Till())
            .snapshotEvery(50)
            .rememberCommands(10_000);

    record Pay(String payment) implements Command {}

    @Stored("paid")
    record Paid(String payment) implements Event {}

    @Stored("total")
    record Total(long payments) {}

    @Override
    public Total initialState() {
        return new Total(0);
    }

    @Override
    public Decision<Paid> decide(Total state, Pay command) {
        return Decision.persist(new Paid(command.payment()));
    }

    @Override
    public Total evolve(Total state, Paid event) {
        return new Total(state.payments() + 1);
    }
}
