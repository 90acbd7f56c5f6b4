package dev.allframe.testkit;

import static dev.allframe.aggregate.Decision.noChange;
import static dev.allframe.aggregate.Decision.persist;
import static dev.allframe.aggregate.Decision.refuse;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import java.util.HashMap;
import java.util.Map;

/** Purses of money, of which some may be reserved. */
final class Purses {

    sealed interface PurseCommand extends Command {
        record Credit(long amount) implements PurseCommand {}

        record Reserve(String id, long amount) implements PurseCommand {}

        record Release(String id) implements PurseCommand {}

        record Confirm(String id) implements PurseCommand {}
    }

    sealed interface PurseEvent extends Event {
        @Stored("credited")
        record Credited(long amount) implements PurseEvent {}

        @Stored("reserved")
        record Reserved(String id, long amount) implements PurseEvent {}

        @Stored("released")
        record Released(String id) implements PurseEvent {}

        @Stored("confirmed")
        record Confirmed(String id) implements PurseEvent {}
    }

    @Stored("state")
    record Purse(long available, Map<String, Long> reserved) {
        Purse {
            reserved = Map.copyOf(reserved);
        }

        Purse reserving(String id, long amount) {
            Map<String, Long> more = new HashMap<>(reserved);
            more.put(id, amount);
            return new Purse(available - amount, more);
        }

        Purse without(String id, boolean givenBack) {
            Map<String, Long> less = new HashMap<>(reserved);
            Long amount = less.remove(id);
            return new Purse(givenBack && amount != null ? available + amount : available, less);
        }
    }

    static final AggregateType<PurseCommand, PurseEvent, Purse> PURSE = AggregateType.named("purse",
            PurseCommand.class, PurseEvent.class, Purse.class, new Aggregate<>() {
                @Override
                public Purse initialState() {
                    return new Purse(0, Map.of());
                }

                @Override
                public Decision<PurseEvent> decide(Purse purse, PurseCommand command) {
                    return switch (command) {
                        case PurseCommand.Credit(var amount) -> persist(new PurseEvent.Credited(amount));
                        case PurseCommand.Reserve(var id, var amount) -> purse.available() < amount
                                ? refuse("not-enough")
                                : persist(new PurseEvent.Reserved(id, amount));
                        case PurseCommand.Release(var id) ->
                            purse.reserved().containsKey(id) ? persist(new PurseEvent.Released(id)) : noChange();
                        case PurseCommand.Confirm(var id) -> purse.reserved().containsKey(id)
                                ? persist(new PurseEvent.Confirmed(id))
                                : refuse("not-reserved");
                    };
                }

                @Override
                public Purse evolve(Purse purse, PurseEvent event) {
                    return switch (event) {
                        case PurseEvent.Credited(var amount) ->
                            new Purse(purse.available() + amount, purse.reserved());
                        case PurseEvent.Reserved(var id, var amount) -> purse.reserving(id, amount);
                        case PurseEvent.Released(var id) -> purse.without(id, true);
                        case PurseEvent.Confirmed(var id) -> purse.without(id, false);
                    };
                }
            });

    private Purses() {}
}
