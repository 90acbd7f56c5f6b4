package dev.allframe.sample.bank.transfers;

import static dev.allframe.projection.Version.version;
import static dev.allframe.saga.SagaAction.command;
import static dev.allframe.saga.SagaUndo.cannotBeUndone;
import static dev.allframe.saga.SagaUndo.nothingToUndo;
import static dev.allframe.saga.SagaUndo.undo;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;

import dev.allframe.aggregate.Stored;
import dev.allframe.saga.SagaType;
import dev.allframe.sample.bank.account.AccountCommand.Confirm;
import dev.allframe.sample.bank.account.AccountCommand.Credit;
import dev.allframe.sample.bank.account.AccountCommand.Release;
import dev.allframe.sample.bank.account.AccountCommand.Reserve;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Money;
import java.time.LocalDate;

/**
 * A transfer: what it begins with.
 *
 * @param id of the transfer
 * @param from the account that pays
 * @param to the account that gets the money
 * @param amount how much
 * @param on the booking date
 */
@Stored("context")
public record Transfer(String id, String from, String to, Money amount, LocalDate on) {

    /**
     * The saga: named {@code transfer}. The money is set aside first, so that it can be given back; when it was
     * credited it may be spent, which is the pivot.
     */
    public static final SagaType<Transfer> TRANSFER = SagaType.named("transfer", version(1), Transfer.class)
            .step("reserve", command(ACCOUNT, Transfer::from, t -> new Reserve(t.id, t.amount)),
                    undo(ACCOUNT, Transfer::from, t -> new Release(t.id)))
            .step("credit", command(ACCOUNT, Transfer::to, t -> new Credit(t.amount, t.entry("from " + t.from))),
                    cannotBeUndone())
            .step("confirm", command(ACCOUNT, Transfer::from, t -> new Confirm(t.id, t.entry("to " + t.to))),
                    nothingToUndo());

    private Entry entry(String purpose) {
        return new Entry(Entry.Kind.REMITTANCE, on, id, purpose, null);
    }
}
