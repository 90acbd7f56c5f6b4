package dev.allframe.sample.bank.demo;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Event;
import dev.allframe.command.CommandBus;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.sample.bank.account.AccountEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Passes a number of commands on; those behind them get another answer, or none, once the first ones have theirs. */
final class EndingBus implements CommandBus {

    private final CommandBus bus;
    private final Supplier<CommandResult<AccountEvent>> afterwards;
    private final List<CompletableFuture<?>> passed = new ArrayList<>();
    private int left;

    EndingBus(CommandBus bus, int left, Supplier<CommandResult<AccountEvent>> afterwards) {
        this.bus = bus;
        this.left = left;
        this.afterwards = afterwards;
    }

    @Override
    @SuppressWarnings("unchecked") // the bank has accounts alone
    public <C extends Command, E extends Event, S> CompletionStage<CommandResult<E>> dispatch(
            AggregateType<C, E, S> type, String id, C command, CommandOptions options) {
        if (left-- > 0) {
            CompletionStage<CommandResult<E>> answer = bus.dispatch(type, id, command, options);
            passed.add(answer.toCompletableFuture());
            return answer;
        }
        CompletableFuture.allOf(passed.toArray(CompletableFuture[]::new)).join();
        return CompletableFuture.completedFuture((CommandResult<E>) afterwards.get());
    }

    @Override
    public <C extends Command, E extends Event, S> CompletionStage<CommandResult<E>> voidCommand(
            AggregateType<C, E, S> type, String id, CommandOptions options) {
        return bus.voidCommand(type, id, options);
    }
}
