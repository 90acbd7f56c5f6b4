package dev.allframe.sample.bank.opening;

import static dev.allframe.projection.Version.version;
import static dev.allframe.saga.SagaAction.call;
import static dev.allframe.saga.SagaAction.command;
import static dev.allframe.saga.SagaUndo.cannotBeUndone;
import static dev.allframe.saga.SagaUndo.undo;
import static dev.allframe.saga.SagaUndo.undoCall;
import static dev.allframe.saga.StepOption.attempts;
import static dev.allframe.saga.StepOption.into;
import static dev.allframe.saga.StepOption.onlyIf;
import static dev.allframe.saga.StepOption.timeout;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;

import dev.allframe.aggregate.Stored;
import dev.allframe.saga.SagaType;
import dev.allframe.sample.bank.account.AccountCommand.Close;
import dev.allframe.sample.bank.account.AccountCommand.Deposit;
import dev.allframe.sample.bank.account.AccountCommand.Open;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.opening.CustomerCheck.Verdict;
import java.time.Duration;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * The opening of an account.
 *
 * @param account its id
 * @param owner whose it will be
 * @param deposit what is paid in first, in the currency of the account; may be zero
 * @param on the booking date
 * @param verdict what the check has found out; null before that
 */
@Stored("context")
public record Opening(String account, String owner, Money deposit, LocalDate on, @Nullable Verdict verdict) {

    /** The name of the saga. */
    public static final String NAME = "opening";

    /** An opening that has not begun. */
    public static Opening of(String account, String owner, Money deposit, LocalDate on) {
        return new Opening(account, owner, deposit, on, null);
    }

    /**
     * The saga: named {@code opening}. A verdict against the customer is an answer, with which the saga completes and
     * no account is opened. A check that does not answer is asked for afterwards: what was not done is never done, and
     * the saga is compensated.
     *
     * @param patience how long the check may take, each of three times
     */
    public static SagaType<Opening> opening(CustomerCheck check, Duration patience) {
        return SagaType.named(NAME, version(1), Opening.class)
                .step("check", call(Verdict.class, (o, key) -> check.check(o.owner, key),
                        (o, key) -> check.find(o.owner, key), timeout(patience), attempts(3),
                        into(Opening::withVerdict)),
                        undoCall((o, key) -> check.withdraw(o.owner, key)))
                .step("open", command(ACCOUNT, Opening::account,
                        o -> new Open(o.owner, Money.zero(o.deposit.currency()), o.on), onlyIf(Opening::isPassed)),
                        undo(ACCOUNT, Opening::account, o -> new Close(o.on)))
                .step("deposit", command(ACCOUNT, Opening::account, o -> new Deposit(o.deposit, Entry.cash(o.on)),
                        onlyIf(o -> o.isPassed() && o.deposit.amount().signum() > 0)), cannotBeUndone());
    }

    /** Whether the check was passed. */
    public boolean isPassed() {
        return verdict != null && verdict.passed();
    }

    private Opening withVerdict(Verdict found) {
        return new Opening(account, owner, deposit, on, found);
    }
}
