package dev.allframe.sample.bank.history;

import dev.allframe.failure.Failures;
import dev.allframe.sample.bank.account.AccountCommand.Open;
import dev.allframe.sample.bank.account.AccountCommand.PlaceOrder;
import dev.allframe.sample.bank.account.Counterparty;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.account.StandingOrder;
import dev.allframe.sample.bank.history.Table.MalformedException;
import dev.allframe.sample.bank.history.Table.Row;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a folder of the data set holds: {@code account.asc}, {@code order.asc} where there is one, and every
 * {@code trans*.asc} and {@code trans*.csv}. Accounts are opened without overdraft: the files do not tell the limits,
 * and history does not ask for them.
 *
 * @param accounts how each account is opened, by account number, in file order
 * @param orders the standing orders in file order
 * @param transactions all transactions, file by file in the order of the files' names
 * @param badLines what was malformed and left out
 */
record BerkaFolder(Map<String, Located<Open>> accounts, List<Located<Order>> orders,
        List<Located<Transaction>> transactions,
        List<BadLine> badLines) {

    /**
     * A standing order of an account.
     *
     * @param account whose
     * @param command how it is placed; the bank's own number is the id
     */
    record Order(String account, PlaceOrder command) {}

    private static final List<String> TRANSACTION_COLUMNS = List.of("trans_id", "account_id", "date", "type",
            "operation", "amount", "balance");
    private static final List<String> ORDER_COLUMNS = List.of("order_id", "account_id", "bank_to", "account_to",
            "amount");

    /** Two-digit years are those from 1950 to 2049. */
    private static final DateTimeFormatter SHORT_DATE = new DateTimeFormatterBuilder()
            .appendValueReduced(ChronoField.YEAR, 2, 2, 1950)
            .appendPattern("MMdd")
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);

    /**
     * Reads a folder.
     *
     * @param strict whether the first malformed line ends it
     * @throws InputException if the folder or one of its files cannot be used
     */
    static BerkaFolder read(Path folder, boolean strict) {
        if (!Files.isDirectory(folder)) {
            throw new InputException("there is no folder " + folder);
        }
        Path accountFile = folder.resolve("account.asc");
        if (!Files.isRegularFile(accountFile)) {
            throw new InputException("there is no account.asc in " + folder);
        }
        List<Path> transactionFiles = transactionFiles(folder);
        if (transactionFiles.isEmpty()) {
            throw new InputException("there is no trans*.asc and no trans*.csv in " + folder);
        }
        Map<String, Located<Open>> accounts = new LinkedHashMap<>();
        List<Located<Order>> orders = new ArrayList<>();
        List<Located<Transaction>> transactions = new ArrayList<>();
        List<BadLine> badLines = new ArrayList<>();
        Consumer<BadLine> bad = line -> {
            if (strict) {
                throw new InputException(folder.resolve(line.file()) + ":" + line.line() + ": " + line.reason());
            }
            badLines.add(line);
        };
        new Table(accountFile).read(List.of("account_id", "date"), row -> account(row, accounts), bad);
        Path orderFile = folder.resolve("order.asc");
        if (Files.isRegularFile(orderFile)) {
            new Table(orderFile).read(ORDER_COLUMNS, row -> orders.add(row.says(order(row))), bad);
        }
        for (Path file : transactionFiles) {
            new Table(file).read(TRANSACTION_COLUMNS, row -> transactions.add(row.says(transaction(row))), bad);
        }
        return new BerkaFolder(accounts, orders, transactions, badLines);
    }

    private static List<Path> transactionFiles(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> String.valueOf(file.getFileName()).matches("trans.*\\.(asc|csv)"))
                    .sorted()
                    .toList();
        } catch (IOException failed) {
            throw new InputException("folder " + folder + " cannot be read: " + Failures.message(failed));
        }
    }

    private static void account(Row row, Map<String, Located<Open>> accounts) {
        String id = id(row, "account_id");
        Open open = new Open("holder of account " + id, Money.czk(0), date(row));
        if (accounts.putIfAbsent(id, row.says(open)) != null) {
            throw new MalformedException("account " + id + " is in the file already");
        }
    }

    private static Order order(Row row) {
        Money amount = notNegative(row, "amount");
        if (amount.amount().signum() == 0) {
            throw new MalformedException("amount is zero");
        }
        Counterparty to = new Counterparty(row.required("bank_to"), row.required("account_to"));
        String purpose = Codes.purpose(row.text("k_symbol"));
        return new Order(id(row, "account_id"),
                new PlaceOrder(id(row, "order_id"), new StandingOrder(amount, to, purpose)));
    }

    private static Transaction transaction(Row row) {
        String operation = row.text("operation");
        String symbol = row.text("k_symbol");
        String id = id(row, "trans_id");
        Entry entry = new Entry(Codes.kind(operation, symbol), date(row), id, Codes.purpose(symbol), counterparty(row));
        return new Transaction(id, id(row, "account_id"), notNegative(row, "amount"),
                Codes.side(row.required("type"), operation), money(row, "balance"), entry);
    }

    private static @Nullable Counterparty counterparty(Row row) {
        Counterparty found = new Counterparty(row.text("bank"), withoutDecimal(row.text("account")));
        return found.bank().isEmpty() && found.account().isEmpty() ? null : found;
    }

    /** A program that reads a column with empty fields as numbers writes {@code 62457513.0}. */
    private static String withoutDecimal(String number) {
        return number.matches("[0-9]+\\.0") ? number.substring(0, number.length() - 2) : number;
    }

    private static String id(Row row, String column) {
        String id = row.required(column);
        if (!id.matches("[0-9]{1,30}")) {
            throw new MalformedException(column + " '" + id + "' is not a number");
        }
        return id;
    }

    private static LocalDate date(Row row) {
        String text = row.required("date");
        return orMalformed("date '" + text + "' is neither yyMMdd nor ISO",
                () -> text.length() == 6 ? LocalDate.parse(text, SHORT_DATE) : LocalDate.parse(text));
    }

    private static Money notNegative(Row row, String column) {
        Money money = money(row, column);
        if (money.amount().signum() < 0) {
            throw new MalformedException(column + " '" + row.text(column) + "' is negative");
        }
        return money;
    }

    private static Money money(Row row, String column) {
        String text = row.required(column);
        if (!text.matches("-?[0-9]{1,15}(\\.[0-9]+)?")) {
            throw new MalformedException(column + " '" + text + "' is not an amount");
        }
        return orMalformed(column + " '" + text + "' has more than two decimals",
                () -> new Money(new BigDecimal(text).stripTrailingZeros(), Money.CZK));
    }

    private static <T> T orMalformed(String reason, Supplier<T> parse) {
        try {
            return parse.get();
        } catch (DateTimeException | ArithmeticException unfit) {
            throw new MalformedException(reason);
        }
    }
}
