package dev.allframe.benchmarks;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import jakarta.validation.constraints.Positive;

/** The measured aggregate as a user of AllFrame writes it; {@link BareTill} is the same on bare Pekko. */
final class Tills implements Aggregate<Tills.PayIn, Tills.PaidIn, Tills.Till> {

    record PayIn(@Positive long amount, String reference) implements Command {}

    @Stored("paid-in")
    record PaidIn(long amount, String reference) implements Event {}

    @Stored("state")
    record Till(long balance) {}

    static final AggregateType<PayIn, PaidIn, Till> TILL = AggregateType
            .named("till", PayIn.class, PaidIn.class, Till.class, new Tills())
            .snapshotEvery(0);

    @Override
    public Till initialState() {
        return new Till(0);
    }

    @Override
    public Decision<PaidIn> decide(Till till, PayIn command) {
        return Decision.persist(new PaidIn(command.amount(), command.reference()));
    }

    @Override
    public Till evolve(Till till, PaidIn event) {
        return new Till(till.balance() + event.amount());
    }
}
