package dev.allframe.runtime;

import static dev.allframe.aggregate.Decision.noChange;
import static dev.allframe.aggregate.Decision.persist;
import static dev.allframe.aggregate.Decision.refuse;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The aggregate of the tests: small, and with every kind of decision. */
final class Wallets implements Aggregate<Wallets.WalletCommand, Wallets.WalletEvent, Wallets.Wallet> {

    sealed interface WalletCommand extends Command {
        record Put(@Positive BigDecimal amount, @NotBlank String note) implements WalletCommand {}

        record Take(@Positive BigDecimal amount) implements WalletCommand {}

        record Exchange(@Positive BigDecimal out, @Positive BigDecimal in) implements WalletCommand {}

        record Touch() implements WalletCommand {}

        record Explode(Where where) implements WalletCommand {}
    }

    enum Where {
        DECIDE, EVOLVE, ENCODE, ASSERTION, STACK
    }

    sealed interface WalletEvent extends Event {
        @Stored("put")
        record WasPut(BigDecimal amount, String note) implements WalletEvent {}

        @Stored("taken")
        record WasTaken(BigDecimal amount) implements WalletEvent {}

        @Stored("exploded")
        record Exploded(Fuse fuse) implements WalletEvent {}
    }

    /** Cannot be written as JSON unless it explodes while evolving. */
    record Fuse(boolean whileEvolving) {
        @JsonValue
        Map<String, Boolean> json() {
            if (!whileEvolving) {
                throw new IllegalStateException("this component cannot be written");
            }
            return Map.of("whileEvolving", true);
        }
    }

    @Stored("state")
    record Wallet(BigDecimal amount, int changes) {
        boolean isEmpty() {
            return amount.signum() == 0;
        }
    }

    static final AggregateType<WalletCommand, WalletEvent, Wallet> WALLET = AggregateType
            .named("wallet", WalletCommand.class, WalletEvent.class, Wallet.class, new Wallets())
            .snapshotEvery(5)
            .rememberCommands(3);

    @Override
    public Wallet initialState() {
        return new Wallet(BigDecimal.ZERO, 0);
    }

    @Override
    public Decision<WalletEvent> decide(Wallet wallet, WalletCommand command) {
        return switch (command) {
            case WalletCommand.Put(var amount, var note) -> persist(new WalletEvent.WasPut(amount, note));
            case WalletCommand.Take(var amount) -> wallet.amount().compareTo(amount) >= 0
                    ? persist(new WalletEvent.WasTaken(amount))
                    : refuse("too-little", Map.of("amount", wallet.amount(), "changes", wallet.changes()));
            case WalletCommand.Exchange(var out, var in) ->
                persist(List.of(new WalletEvent.WasTaken(out), new WalletEvent.WasPut(in, "exchange")));
            case WalletCommand.Touch() -> noChange();
            case WalletCommand.Explode(var where) -> switch (where) {
                case DECIDE -> throw new IllegalStateException("decide exploded");
                case ASSERTION -> throw new AssertionError("an assertion exploded");
                case STACK -> refuse("depth", Map.of("depth", deeper(1)));
                case EVOLVE -> persist(new WalletEvent.Exploded(new Fuse(true)));
                case ENCODE -> persist(new WalletEvent.Exploded(new Fuse(false)));
            };
        };
    }

    private static int deeper(int depth) {
        return depth < 0 ? 0 : depth + deeper(depth + 1);
    }

    @Override
    public Wallet evolve(Wallet wallet, WalletEvent event) {
        return switch (event) {
            case WalletEvent.WasPut(var amount, var note) ->
                new Wallet(wallet.amount().add(amount), wallet.changes() + 1);
            case WalletEvent.WasTaken(var amount) -> new Wallet(wallet.amount().subtract(amount), wallet.changes() + 1);
            case WalletEvent.Exploded(var fuse) -> {
                if (fuse.whileEvolving()) {
                    throw new IllegalStateException("evolve exploded");
                }
                yield wallet;
            }
        };
    }

    @Override
    public Set<String> tags(WalletEvent event) {
        return event instanceof WalletEvent.WasTaken ? Set.of("out") : Set.of();
    }
}
