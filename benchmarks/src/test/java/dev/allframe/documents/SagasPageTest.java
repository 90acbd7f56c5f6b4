package dev.allframe.documents;

import static dev.allframe.aggregate.Decision.noChange;
import static dev.allframe.aggregate.Decision.persist;
import static dev.allframe.aggregate.Decision.refuse;
import static dev.allframe.projection.Version.version;
import static dev.allframe.saga.SagaAction.command;
import static dev.allframe.saga.SagaStatus.Phase.COMPENSATED;
import static dev.allframe.saga.SagaStatus.Phase.COMPLETED;
import static dev.allframe.saga.SagaUndo.cannotBeUndone;
import static dev.allframe.saga.SagaUndo.nothingToUndo;
import static dev.allframe.saga.SagaUndo.undo;
import static dev.allframe.saga.StepOption.attempts;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.documents.SagasPageTest.PurseCommand.Confirm;
import dev.allframe.documents.SagasPageTest.PurseCommand.Credit;
import dev.allframe.documents.SagasPageTest.PurseCommand.Release;
import dev.allframe.documents.SagasPageTest.PurseCommand.Reserve;
import dev.allframe.documents.SagasPageTest.PurseEvent.Credited;
import dev.allframe.documents.SagasPageTest.PurseEvent.Released;
import dev.allframe.documents.SagasPageTest.PurseEvent.Reserved;
import dev.allframe.runtime.AllFrame;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaStatus;
import dev.allframe.saga.SagaType;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The code of docs/sagas.md, which does what the page says. */
final class SagasPageTest {

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
        record Released(String id, boolean taken) implements PurseEvent {}
    }

    @Stored("state")
    record Purse(long balance, Map<String, Long> reserved) {
        Purse {
            reserved = Map.copyOf(reserved);
        }

        long available() {
            return balance - reserved.values().stream().mapToLong(Long::longValue).sum();
        }

        Purse reserving(String id, long amount) {
            Map<String, Long> more = new HashMap<>(reserved);
            more.put(id, amount);
            return new Purse(balance, more);
        }

        Purse without(String id, boolean taken) {
            Map<String, Long> less = new HashMap<>(reserved);
            long amount = Objects.requireNonNull(less.remove(id));
            return new Purse(taken ? balance - amount : balance, less);
        }
    }

    static final class Purses implements Aggregate<PurseCommand, PurseEvent, Purse> {
        @Override
        public Purse initialState() {
            return new Purse(0, Map.of());
        }

        @Override
        public Decision<PurseEvent> decide(Purse purse, PurseCommand command) {
            return switch (command) {
                case Credit(var amount) when amount == 30 && purse.balance() == 0 -> refuse("unknown-purse");
                case Credit(var amount) -> persist(new Credited(amount));
                case Reserve(var id, var amount) ->
                    purse.available() < amount ? refuse("not-enough") : persist(new Reserved(id, amount));
                case Release(var id) ->
                    purse.reserved().containsKey(id) ? persist(new Released(id, false)) : noChange();
                case Confirm(var id) ->
                    purse.reserved().containsKey(id) ? persist(new Released(id, true)) : refuse("not-reserved");
            };
        }

        @Override
        public Purse evolve(Purse purse, PurseEvent event) {
            return switch (event) {
                case Credited(var amount) -> new Purse(purse.balance() + amount, purse.reserved());
                case Reserved(var id, var amount) -> purse.reserving(id, amount);
                case Released(var id, var taken) -> purse.without(id, taken);
            };
        }
    }

    static final AggregateType<PurseCommand, PurseEvent, Purse> PURSE = AggregateType.named("purse",
            PurseCommand.class, PurseEvent.class, Purse.class, new Purses());

    @Stored("context")
    record Transfer(String id, String from, String to, long amount) {}

    static final SagaType<Transfer> TRANSFER = SagaType.named("transfer", version(1), Transfer.class)
            .step("reserve", command(PURSE, Transfer::from, t -> new Reserve(t.id(), t.amount())),
                    undo(PURSE, Transfer::from, t -> new Release(t.id())))
            .step("credit", command(PURSE, Transfer::to, t -> new Credit(t.amount()), attempts(5)), cannotBeUndone())
            .step("confirm", command(PURSE, Transfer::from, t -> new Confirm(t.id())), nothingToUndo());

    @Test
    void a_transfer_completes_and_another_is_undone() {
        Config memory = ConfigFactory.parseString("allframe.storage = memory").withFallback(ConfigFactory.load());
        try (AllFrame bank = AllFrame.standalone("bank", memory).aggregate(PURSE).saga(TRANSFER).start()) {
            bank.commands().dispatchAndWait(PURSE, "ann", new Credit(100)).orThrow();
            bank.commands().dispatchAndWait(PURSE, "bob", new Credit(1)).orThrow();

            SagaHandle saga = bank.sagas()
                    .start(TRANSFER, "t-1", new Transfer("t-1", "ann", "bob", 30))
                    .toCompletableFuture()
                    .join();
            SagaStatus end = saga.ended().toCompletableFuture().join();
            SagaStatus undone = bank.sagas()
                    .start(TRANSFER, "t-2", new Transfer("t-2", "ann", "nobody", 30))
                    .thenCompose(SagaHandle::ended)
                    .toCompletableFuture()
                    .join();

            assertThat(end.phase()).isEqualTo(COMPLETED);
            assertThat(undone.phase()).isEqualTo(COMPENSATED);
            assertThat(undone.reason()).startsWith("unknown-purse");
        }
    }
}
