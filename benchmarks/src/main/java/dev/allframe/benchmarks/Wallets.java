package dev.allframe.benchmarks;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;

/** Wallets of money as a user of AllFrame writes them; {@link MoneyTransfers} moves it between them. */
final class Wallets implements Aggregate<Wallets.WalletCommand, Wallets.WalletEvent, Wallets.Wallet> {

    sealed interface WalletCommand extends Command {
        record Put(long amount) implements WalletCommand {}

        record Take(long amount) implements WalletCommand {}
    }

    sealed interface WalletEvent extends Event {
        @Stored("put")
        record WasPut(long amount) implements WalletEvent {}

        @Stored("taken")
        record WasTaken(long amount) implements WalletEvent {}
    }

    @Stored("state")
    record Wallet(long balance) {}

    static final AggregateType<WalletCommand, WalletEvent, Wallet> WALLET = AggregateType.named("wallet",
            WalletCommand.class, WalletEvent.class, Wallet.class, new Wallets());

    @Override
    public Wallet initialState() {
        return new Wallet(0);
    }

    @Override
    public Decision<WalletEvent> decide(Wallet wallet, WalletCommand command) {
        return switch (command) {
            case WalletCommand.Put(var amount) -> Decision.persist(new WalletEvent.WasPut(amount));
            case WalletCommand.Take(var amount) -> wallet.balance() < amount
                    ? Decision.refuse("not-enough")
                    : Decision.persist(new WalletEvent.WasTaken(amount));
        };
    }

    @Override
    public Wallet evolve(Wallet wallet, WalletEvent event) {
        return switch (event) {
            case WalletEvent.WasPut(var amount) -> new Wallet(wallet.balance() + amount);
            case WalletEvent.WasTaken(var amount) -> new Wallet(wallet.balance() - amount);
        };
    }
}
