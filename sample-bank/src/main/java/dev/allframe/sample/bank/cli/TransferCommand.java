package dev.allframe.sample.bank.cli;

import static dev.allframe.sample.bank.transfers.Transfer.TRANSFER;

import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaStatus;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.history.InputException;
import dev.allframe.sample.bank.transfers.Transfer;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bank transfer}. */
@Command(name = "transfer", mixinStandardHelpOptions = true, versionProvider = Bank.Version.class, description = {
        "Sends money from one account to another, and waits until that has ended.",
        "Ends with 0 only if the money has arrived; with 1 if the transfer was undone, is parked, or goes on."})
final class TransferCommand implements Callable<Integer> {

    /** Before the decimal point, and zeros behind it. */
    private static final int MOST_DIGITS = 18;

    @Parameters(index = "0", paramLabel = "FROM", description = "The account that pays.")
    private String from = "";

    @Parameters(index = "1", paramLabel = "TO", description = "The account that gets the money.")
    private String to = "";

    @Parameters(index = "2", paramLabel = "AMOUNT", description = "How much, in CZK, such as 100.00.")
    private String amount = "";

    @Option(names = "--id", paramLabel = "ID", description = "The id of the transfer: the same command with the same id is one transfer (default: a new one).")
    private @Nullable String id;

    @Option(names = "--on", paramLabel = "DAY", description = "The booking date, such as 1993-05-01 (default: today, UTC). A repeat names the same day.")
    private @Nullable LocalDate on;

    @Mixin
    private final SagaWait wait = new SagaWait();
    @Mixin
    private final Storage storage = new Storage();
    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        Money money = money();
        if (from.equals(to)) {
            throw new InputException("an account cannot pay itself: FROM and TO are both '" + from + "'");
        }
        wait.check();
        for (String account : new String[]{from, to}) {
            if (account.isEmpty() || account.indexOf('|') >= 0) {
                throw new InputException("there is no account '" + account + "'");
            }
        }
        storage.checkKeepsAccounts();
        try (OpenBank bank = new OpenBank(storage)) {
            String name = id == null ? "cli-" + UUID.randomUUID() : id;
            Transfer transfer = new Transfer(name, from, to, money, on == null ? LocalDate.now(ZoneOffset.UTC) : on);
            SagaHandle saga = SagaAnswers.of(bank.sagas().start(TRANSFER, name, transfer));
            SagaStatus end = wait.await(saga);
            print(transfer, end);
            return end.phase() == SagaStatus.Phase.COMPLETED ? 0 : Bank.NOT_GOOD;
        }
    }

    private Money money() {
        Money money;
        try {
            BigDecimal number = new BigDecimal(amount);
            if (Math.abs((long) number.precision() - number.scale()) > MOST_DIGITS) {
                throw new InputException("'" + amount + "' is no amount that an account can have");
            }
            money = new Money(number, Money.CZK);
        } catch (NumberFormatException none) {
            throw new InputException("'" + amount + "' is no amount, such as 100.00");
        } catch (ArithmeticException tooFine) {
            throw new InputException("'" + amount + "' has more than two decimals");
        }
        if (money.amount().signum() <= 0) {
            throw new InputException("an amount must be more than 0, not " + amount);
        }
        return money;
    }

    private void print(Transfer transfer, SagaStatus end) {
        if (output.isJson()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("id", transfer.id());
            json.put("state", end.phase().text());
            json.put("from", transfer.from());
            json.put("to", transfer.to());
            json.put("amount", transfer.amount().amount().toPlainString());
            json.put("reason", end.reason());
            output.printJson(json);
            return;
        }
        output.print("transfer %s of %s from %s to %s: %s%s", transfer.id(), transfer.amount(), transfer.from(),
                transfer.to(), end.phase().text(), end.reason().isEmpty() ? "" : ", " + end.reason());
        SagaAnswers.next(end).ifPresent(text -> output.print("%s", text));
    }
}
