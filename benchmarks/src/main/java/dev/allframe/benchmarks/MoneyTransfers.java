package dev.allframe.benchmarks;

import static dev.allframe.benchmarks.Wallets.WALLET;
import static dev.allframe.projection.Version.version;
import static dev.allframe.saga.SagaAction.command;
import static dev.allframe.saga.SagaUndo.cannotBeUndone;
import static dev.allframe.saga.SagaUndo.undo;

import dev.allframe.aggregate.Stored;
import dev.allframe.benchmarks.Wallets.WalletCommand.Put;
import dev.allframe.benchmarks.Wallets.WalletCommand.Take;
import dev.allframe.saga.SagaType;

/** Moves money between wallets, or puts it back. {@code baretransfer} is the same on bare Pekko. */
final class MoneyTransfers {

    @Stored("context")
    record Transfer(String from, String to, long amount) {}

    static final SagaType<Transfer> TRANSFER = SagaType.named("transfer", version(1), Transfer.class)
            .step("take", command(WALLET, Transfer::from, transfer -> new Take(transfer.amount())),
                    undo(WALLET, Transfer::from, transfer -> new Put(transfer.amount())))
            .step("put", command(WALLET, Transfer::to, transfer -> new Put(transfer.amount())), cannotBeUndone());

    private MoneyTransfers() {}
}
