package dev.allframe.sample.bank.history;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;

import dev.allframe.aggregate.Decision;
import dev.allframe.sample.bank.account.AccountCommand;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.ledger.Ledger;
import dev.allframe.sample.bank.ledger.Ledger.Executed;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The commands of earlier imports, of those accounts that cannot remember them all: an account recognises its last
 * commands by their ids, and would carry out an older one again. The ids of all of them are in the store, beside the
 * events.
 *
 * <p>Asked before anything is sent, in the one process that has the store: nobody else changes what it has found.
 */
final class EarlierImports {

    private final Map<String, Map<String, Executed>> byAccount = new HashMap<>();

    /**
     * Reads the accounts that may forget one of their commands until everything is sent.
     *
     * @param stored how many events each account has
     * @param planned how many commands are to be sent to each account
     */
    EarlierImports(Ledger ledger, Map<String, Integer> stored, Map<String, Integer> planned) {
        planned.forEach((account, commands) -> {
            if (stored.getOrDefault(account, 0) + commands > ACCOUNT.rememberedCommands()) {
                byAccount.put(account, ledger.executed(account));
            }
        });
    }

    /** What a command led to; null where it was not carried out, or the account itself remembers it. */
    @Nullable Executed find(String account, String commandId) {
        return byAccount.getOrDefault(account, Map.of()).get(commandId);
    }

    /** Whether it was this command: on the account as it was then, it leads to the same event. */
    static boolean isSame(Executed executed, AccountCommand command) {
        return ACCOUNT.aggregate()
                .decide(executed.before(), command) instanceof Decision.Persist<AccountEvent>(var events)
                && events.stream()
                        .map(EarlierImports::withoutChannel)
                        .toList()
                        .equals(List.of(withoutChannel(executed.event())));
    }

    /** What was stored before deposits had a channel has that of the default, whatever the row says. */
    private static AccountEvent withoutChannel(AccountEvent event) {
        return event instanceof Deposited(var amount, var entry, var channel)
                ? new Deposited(amount, entry, "")
                : event;
    }
}
