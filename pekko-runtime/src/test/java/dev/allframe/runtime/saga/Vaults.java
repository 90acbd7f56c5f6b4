package dev.allframe.runtime.saga;

import static dev.allframe.aggregate.Decision.noChange;
import static dev.allframe.aggregate.Decision.persist;
import static dev.allframe.aggregate.Decision.refuse;
import static dev.allframe.projection.Version.version;
import static dev.allframe.saga.SagaAction.command;
import static dev.allframe.saga.SagaUndo.cannotBeUndone;
import static dev.allframe.saga.SagaUndo.nothingToUndo;
import static dev.allframe.saga.SagaUndo.undo;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.saga.SagaType;
import java.util.HashMap;
import java.util.Map;

/** Vaults of money, for sagas that move it. */
final class Vaults {

    sealed interface VaultCommand extends Command {
        record Open(long amount) implements VaultCommand {}

        record Reserve(String id, long amount) implements VaultCommand {}

        record Release(String id) implements VaultCommand {}

        record Confirm(String id) implements VaultCommand {}

        record Credit(String id, long amount) implements VaultCommand {}
    }

    sealed interface VaultEvent extends Event {
        @Stored("opened")
        record Opened(long amount) implements VaultEvent {}

        @Stored("reserved")
        record Reserved(String id, long amount) implements VaultEvent {}

        @Stored("released")
        record Released(String id) implements VaultEvent {}

        @Stored("confirmed")
        record Confirmed(String id) implements VaultEvent {}

        @Stored("credited")
        record Credited(String id, long amount) implements VaultEvent {}
    }

    @Stored("state")
    record Vault(boolean open, long balance, Map<String, Long> reserved) {
        Vault {
            reserved = Map.copyOf(reserved);
        }

        long available() {
            return balance - reserved.values().stream().mapToLong(Long::longValue).sum();
        }

        Vault without(String id, long taken) {
            Map<String, Long> less = new HashMap<>(reserved);
            less.remove(id);
            return new Vault(open, balance - taken, less);
        }

        Vault with(String id, long amount) {
            Map<String, Long> more = new HashMap<>(reserved);
            more.put(id, amount);
            return new Vault(open, balance, more);
        }
    }

    static final class Rules implements Aggregate<VaultCommand, VaultEvent, Vault> {
        @Override
        public Vault initialState() {
            return new Vault(false, 0, Map.of());
        }

        @Override
        public Decision<VaultEvent> decide(Vault vault, VaultCommand command) {
            return switch (command) {
                case VaultCommand.Open(var amount) ->
                    vault.open() ? refuse("already-open") : persist(new VaultEvent.Opened(amount));
                case VaultCommand other when !vault.open() -> refuse("not-open");
                case VaultCommand.Reserve(var id, var amount) -> vault.available() < amount
                        ? refuse("not-enough")
                        : persist(new VaultEvent.Reserved(id, amount));
                case VaultCommand.Release(var id) ->
                    vault.reserved().containsKey(id) ? persist(new VaultEvent.Released(id)) : noChange();
                case VaultCommand.Confirm(var id) ->
                    vault.reserved().containsKey(id) ? persist(new VaultEvent.Confirmed(id)) : refuse("not-reserved");
                case VaultCommand.Credit(var id, var amount) -> persist(new VaultEvent.Credited(id, amount));
            };
        }

        @Override
        public Vault evolve(Vault vault, VaultEvent event) {
            return switch (event) {
                case VaultEvent.Opened(var amount) -> new Vault(true, amount, Map.of());
                case VaultEvent.Reserved(var id, var amount) -> vault.with(id, amount);
                case VaultEvent.Released(var id) -> vault.without(id, 0);
                case VaultEvent.Confirmed(var id) -> vault.without(id, vault.reserved().getOrDefault(id, 0L));
                case VaultEvent.Credited(var id, var amount) ->
                    new Vault(true, vault.balance() + amount, vault.reserved());
            };
        }
    }

    static final AggregateType<VaultCommand, VaultEvent, Vault> VAULT = AggregateType.named("vault",
            VaultCommand.class, VaultEvent.class, Vault.class, new Rules());

    @Stored("context")
    record Move(String id, String from, String to, long amount) {}

    static final SagaType<Move> MOVE = SagaType.named("move", version(1), Move.class)
            .step("reserve", command(VAULT, Move::from, m -> new VaultCommand.Reserve(m.id(), m.amount())),
                    undo(VAULT, Move::from, m -> new VaultCommand.Release(m.id())))
            .step("credit", command(VAULT, Move::to, m -> new VaultCommand.Credit(m.id(), m.amount())),
                    cannotBeUndone())
            .step("confirm", command(VAULT, Move::from, m -> new VaultCommand.Confirm(m.id())), nothingToUndo());

    private Vaults() {}
}
