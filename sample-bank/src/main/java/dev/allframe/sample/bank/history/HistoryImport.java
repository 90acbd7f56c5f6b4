package dev.allframe.sample.bank.history;

import dev.allframe.command.CommandBus;
import dev.allframe.sample.bank.account.AccountCommand;
import dev.allframe.sample.bank.account.Money;
import dev.allframe.sample.bank.ledger.Ledger;
import dev.allframe.sample.bank.ledger.Ledger.Executed;
import dev.allframe.sample.bank.ledger.Tally;
import dev.allframe.sample.bank.ledger.Teller;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Imports folders of the data set as history: accounts, standing orders and transactions become commands in the order
 * in which things happened, then the accounts are read back from the store and compared with the bank's own balances,
 * row by row.
 *
 * <p>Folders are imported one after the other. What the files have twice is sent once; what the store has from an
 * earlier import is recognised by its command id, by the account where it remembers all of its commands, and by
 * {@link EarlierImports} where it does not; what is new goes on where the account stands. A row that is stored with
 * other contents is a conflict: it is told, and what is stored stays.
 */
public final class HistoryImport {

    /** A command to send, and the line that it comes from. */
    private record Step(String account, String commandId, AccountCommand command, String place) {}

    private final boolean severalFolders;
    private final List<Step> steps = new ArrayList<>();

    /**
     * What the files have, by command id: accounts and orders as their commands, transactions with the bank's own
     * balance.
     */
    private final Map<String, Located<?>> planned = new HashMap<>();
    private int repeated;
    private final List<String> conflicts = new ArrayList<>();
    private final List<BadLine> badLines = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private final Set<String> accounts = new LinkedHashSet<>();

    /** The bank's transactions by account, each account's in the order in which they happened and by their number. */
    private final Map<String, Map<String, Transaction>> books = new LinkedHashMap<>();
    private final Map<String, Money> standings = new HashMap<>();
    private final Set<String> notChecked = new LinkedHashSet<>();

    /**
     * Reads folders and puts everything in order; nothing is sent yet.
     *
     * @param folders one or more
     * @param strict whether the first malformed line ends it
     * @throws InputException if a folder cannot be used, or a line is malformed and {@code strict}
     */
    public static HistoryImport read(List<Path> folders, boolean strict) {
        HistoryImport read = new HistoryImport(folders.size() > 1);
        folders.forEach(folder -> read.plan(BerkaFolder.read(folder, strict)));
        return read;
    }

    private HistoryImport(boolean severalFolders) {
        this.severalFolders = severalFolders;
    }

    /** Where people find a row. */
    private String place(Located<?> row) {
        return severalFolders ? row.placeInFolder() : row.place();
    }

    /** How many commands there are to send. */
    public int commands() {
        return steps.size();
    }

    private void plan(BerkaFolder folder) {
        badLines.addAll(folder.badLines());
        folder.accounts().forEach((id, open) -> {
            accounts.add(id);
            plan(id, "open-" + id, open, open.row());
        });
        folder.orders().forEach(order -> {
            BerkaFolder.Order row = order.row();
            plan(row.account(), "order-" + row.command().orderId(), order, row.command());
        });

        Map<String, List<Transaction>> byAccount = new LinkedHashMap<>();
        for (Located<Transaction> located : folder.transactions()) {
            Transaction row = located.row();
            if (isNew(row.account(), row.commandId(), located)) {
                byAccount.computeIfAbsent(row.account(), id -> new ArrayList<>()).add(row);
            }
        }
        List<Transaction> ordered = new ArrayList<>(folder.transactions().size());
        byAccount.forEach((account, rows) -> ordered.addAll(inOrder(account, rows)));
        ordered.sort(Comparator.comparing(Transaction::date)); // stable: the order inside an account and day stays
        ordered.forEach(row -> {
            Located<?> located = Objects.requireNonNull(planned.get(row.commandId()));
            steps.add(new Step(row.account(), row.commandId(), row.command(), place(located)));
        });
    }

    private void plan(String account, String commandId, Located<?> row, AccountCommand command) {
        if (isNew(account, commandId, row)) {
            steps.add(new Step(account, commandId, command, place(row)));
        }
    }

    /**
     * Whether the files did not have this yet; counts what is repeated, and notes what contradicts the first. An
     * account would recognise a repeat too, but only among the last thousand commands that it remembers. The bank's
     * numbers are its own for all accounts.
     */
    private boolean isNew(String account, String commandId, Located<?> row) {
        Located<?> first = planned.putIfAbsent(commandId, row);
        if (first != null && first.row().equals(row.row())) {
            repeated++;
        } else if (first != null) {
            conflicts.add(Tally.source(account, commandId, place(row))
                    + ": the files have it twice, with different contents; the first, " + place(first)
                    + ", was taken");
        }
        return first == null;
    }

    /** New transactions of an account, which go on where it stands. */
    private List<Transaction> inOrder(String account, List<Transaction> rows) {
        AccountHistory history = AccountHistory.of(rows, standings.getOrDefault(account, Money.zero(Money.CZK)));
        history.remarks().forEach(remark -> remarks.add("account " + account + ": " + remark));
        if (!history.continues()) {
            notChecked.add(account);
        }
        Map<String, Transaction> book = books.computeIfAbsent(account, id -> new LinkedHashMap<>());
        history.transactions().forEach(row -> book.put(row.id(), row));
        standings.put(account, history.transactions().getLast().balance());
        return history.transactions();
    }

    /**
     * Sends everything and compares what is then stored.
     *
     * @param bus to the accounts
     * @param ledger reads what they stored
     * @param onAnswer is called once for each command that is answered or recognised, on any thread
     */
    public ImportReport run(CommandBus bus, Ledger ledger, Runnable onAnswer) {
        Map<String, Integer> stored = ledger.versions();
        Map<String, Integer> commands = new HashMap<>();
        steps.forEach(step -> commands.merge(step.account(), 1, Integer::sum));
        EarlierImports earlier = new EarlierImports(ledger, stored, commands);
        int recognised = 0;
        List<String> changed = new ArrayList<>(conflicts);
        Teller teller = new Teller(bus, stored, onAnswer);
        for (Step step : steps) {
            Executed executed = earlier.find(step.account(), step.commandId());
            if (executed == null) {
                teller.send(step.account(), step.commandId(), step.command(), step.place());
                continue;
            }
            if (EarlierImports.isSame(executed, step.command())) {
                recognised++;
            } else {
                changed.add(Tally.source(step.account(), step.commandId(), step.place())
                        + ": idempotency-conflict: the store has it with other contents, and keeps them");
            }
            onAnswer.run();
        }
        Tally tally = teller.finish().with(repeated + recognised, changed);
        Comparison compared = new Comparison();
        Set<String> everyone = new LinkedHashSet<>(accounts);
        everyone.addAll(books.keySet());
        everyone.forEach(account -> compared.add(account, ledger.statement(account),
                books.getOrDefault(account, Map.of()), !notChecked.contains(account)));
        return new ImportReport(compared.accounts(), compared.orders(), compared.transactions(), compared.events(),
                tally,
                compared.accountsChecked(), notChecked.size(), compared.maxDifference(), compared.mismatches(),
                compared.missing(), compared.doubled(), badLines, remarks, compared.problems());
    }
}
