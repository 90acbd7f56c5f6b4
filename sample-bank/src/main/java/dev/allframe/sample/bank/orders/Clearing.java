package dev.allframe.sample.bank.orders;

import static dev.allframe.command.CommandOptions.withCommandId;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;

import dev.allframe.aggregate.Event;
import dev.allframe.command.CommandBus;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandInterceptor;
import dev.allframe.command.CommandResult;
import dev.allframe.command.Dispatch;
import dev.allframe.sample.bank.account.AccountCommand.Open;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.Money;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Currency;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Clearing accounts: the bank has one for each other bank, on which what it owes to that bank is collected. */
public final class Clearing {

    private static final String PREFIX = "clearing-";

    private Clearing() {}

    /** The id of the clearing account of another bank. */
    public static String account(String bank) {
        return PREFIX + bank;
    }

    private static String openingOf(String account) {
        return "open-" + account;
    }

    /** Refuses to open an account under the id of a clearing account to everybody but this class. */
    public static CommandInterceptor reserving() {
        return new CommandInterceptor() {
            @Override
            public <E extends Event> CompletionStage<CommandResult<E>> around(Dispatch<E> dispatch, Rest<E> rest) {
                return dispatch.command() instanceof Open && dispatch.id().startsWith(PREFIX)
                        && !openingOf(dispatch.id()).equals(dispatch.options().commandId())
                                ? CompletableFuture.completedFuture(new CommandResult.Refused<>("reserved-id",
                                        "ids that begin with " + PREFIX + " are of the bank's own accounts: choose"
                                                + " another one",
                                        Map.of()))
                                : rest.dispatch(dispatch);
            }
        };
    }

    /**
     * Opens the clearing account of another bank, unless it is open.
     *
     * @param on the day on which it is first needed
     * @return completes with an empty text when it is open, and else with why it is not
     */
    static CompletionStage<String> open(CommandBus bus, String bank, Currency currency, LocalDate on,
            Duration patience) {
        return bus.dispatch(ACCOUNT, account(bank), new Open("bank " + bank, Money.zero(currency), on),
                withCommandId(openingOf(account(bank))).within(patience)).thenApply(Clearing::problem);
    }

    private static String problem(CommandResult<AccountEvent> result) {
        return switch (result) {
            case CommandResult.Accepted<AccountEvent> opened -> "";
            case CommandResult.Refused<AccountEvent>(var code, var message, var details) ->
                code.equals("already-open") ? "" : code;
            case CommandResult.Failed<AccountEvent>(CommandError.IdempotencyConflict onAnotherDay) -> "";
            case CommandResult.Failed<AccountEvent>(var error) -> error.code() + ": " + error.message();
        };
    }
}
