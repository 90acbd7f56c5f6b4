package dev.allframe.sample.bank.cli;

import dev.allframe.sample.bank.account.Account;
import dev.allframe.sample.bank.account.AccountEvent.Closed;
import dev.allframe.sample.bank.account.AccountEvent.Confirmed;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.account.AccountEvent.Opened;
import dev.allframe.sample.bank.account.AccountEvent.OrderCancelled;
import dev.allframe.sample.bank.account.AccountEvent.OrderPlaced;
import dev.allframe.sample.bank.account.AccountEvent.OverdraftChanged;
import dev.allframe.sample.bank.account.AccountEvent.Released;
import dev.allframe.sample.bank.account.AccountEvent.Reserved;
import dev.allframe.sample.bank.account.AccountEvent.Withdrawn;
import dev.allframe.sample.bank.account.Counterparty;
import dev.allframe.sample.bank.account.Entry;
import dev.allframe.sample.bank.history.InputException;
import dev.allframe.sample.bank.ledger.Ledger.Line;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bank account}. */
@Command(name = "account", mixinStandardHelpOptions = true, versionProvider = Bank.Version.class, description = "Shows an account as it is stored.")
final class ShowAccount implements Callable<Integer> {

    @Parameters(paramLabel = "ID", description = "The account: a number of the imported data, or acc-0001 and so on of the demo.")
    private String id = "";

    @Option(names = "--history", description = "Show everything that happened to it.")
    private boolean history;

    @Mixin
    private final Source source = new Source();
    @Mixin
    private final Storage storage = new Storage();
    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        try (OpenBank bank = new OpenBank(storage)) {
            Source.Filled filled = source.fill(bank, storage, output, id);
            List<Line> statement = id.isEmpty() || id.indexOf('|') >= 0 ? List.of() : bank.ledger().statement(id);
            if (statement.isEmpty()) {
                throw new InputException("there is no account '" + id + "'");
            }
            if (output.isJson()) {
                Map<String, Object> json = json(statement);
                json.putAll(filled.remarks());
                output.printJson(json);
            } else {
                print(statement);
            }
            return filled.good() ? 0 : Bank.NOT_GOOD;
        }
    }

    private void print(List<Line> statement) {
        Account account = statement.getLast().after();
        output.print("Account %s of %s", id, account.owner());
        output.print("  balance    %,16.2f %s", account.balance().amount(), account.currency());
        output.print("  overdraft  %,16.2f %s", account.overdraft().amount(), account.currency());
        output.print("  available  %,16.2f %s", account.available().amount(), account.currency());
        new TreeMap<>(account.orders())
                .forEach((order, terms) -> output.print("  standing order %s: %s to %s/%s %s", order,
                        terms.amount(), terms.to().account(), terms.to().bank(), terms.purpose()));
        if (history) {
            statement.forEach(line -> output.print("  %5d  %-60s %16.2f", line.recorded().sequenceNr(), text(line),
                    line.after().balance().amount()));
        } else {
            output.print("  %d events; --history shows them", statement.size());
        }
    }

    private static String text(Line line) {
        return switch (line.recorded().event()) {
            case Opened(var owner, var overdraft, var on) -> on + "  opened";
            case Deposited(var amount, var entry, var channel) -> entry(entry, amount.amount().toPlainString());
            case Withdrawn(var amount, var entry) -> entry(entry, amount.amount().negate().toPlainString());
            case OverdraftChanged(var overdraft) -> "            overdraft " + overdraft;
            case OrderPlaced(var orderId, var order) -> "            standing order " + orderId;
            case OrderCancelled(var orderId) -> "            standing order " + orderId + " cancelled";
            case Reserved(var transfer, var amount) -> "            reserved " + amount + " for " + transfer;
            case Released(var transfer) -> "            released " + transfer;
            case Confirmed(var transfer, var amount, var entry) ->
                entry(entry, amount.amount().negate().toPlainString());
            case Closed(var on) -> on + "  closed";
        };
    }

    private static String entry(Entry entry, String amount) {
        Counterparty other = entry.counterparty();
        return String.format(Locale.ROOT, "%s  %-16s %-16s %s", entry.on(), kind(entry.kind()), entry.purpose(), amount)
                + (other == null ? "" : "  " + other.account() + "/" + other.bank());
    }

    /** The kind of a movement in words. */
    static String kind(Entry.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private Map<String, Object> json(List<Line> statement) {
        Account account = statement.getLast().after();
        Map<String, Object> json = ShowBalances.json(id, account);
        json.put("overdraft", account.overdraft().amount().toPlainString());
        json.put("available", account.available().amount().toPlainString());
        json.put("orders", account.orders().size());
        json.put("events", statement.size());
        if (history) {
            json.put("history", statement.stream().map(ShowAccount::json).toList());
        }
        return json;
    }

    private static Map<String, Object> json(Line line) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("sequenceNr", line.recorded().sequenceNr());
        switch (line.recorded().event()) {
            case Opened(var owner, var overdraft, var on) -> {
                json.put("event", "opened");
                json.put("on", on.toString());
            }
            case Deposited(var amount, var entry, var channel) ->
                json(json, "deposited", amount.amount().toPlainString(), entry);
            case Withdrawn(var amount, var entry) -> json(json, "withdrawn", amount.amount().toPlainString(), entry);
            case OverdraftChanged(var overdraft) -> {
                json.put("event", "overdraft-changed");
                json.put("overdraft", overdraft.amount().toPlainString());
            }
            case OrderPlaced(var orderId, var order) -> {
                json.put("event", "order-placed");
                json.put("order", orderId);
                json.put("amount", order.amount().amount().toPlainString());
            }
            case OrderCancelled(var orderId) -> {
                json.put("event", "order-cancelled");
                json.put("order", orderId);
            }
            case Reserved(var transfer, var amount) -> {
                json.put("event", "reserved");
                json.put("transfer", transfer);
                json.put("amount", amount.amount().toPlainString());
            }
            case Released(var transfer) -> {
                json.put("event", "released");
                json.put("transfer", transfer);
            }
            case Confirmed(var transfer, var amount, var entry) ->
                json(json, "confirmed", amount.amount().toPlainString(), entry);
            case Closed(var on) -> {
                json.put("event", "closed");
                json.put("on", on.toString());
            }
        }
        json.put("balance", line.after().balance().amount().toPlainString());
        return json;
    }

    private static void json(Map<String, Object> json, String event, String amount, Entry entry) {
        json.put("event", event);
        json.put("on", entry.on().toString());
        json.put("amount", amount);
        json.put("kind", kind(entry.kind()));
        json.put("purpose", entry.purpose());
        json.put("reference", entry.reference());
        Counterparty other = entry.counterparty();
        if (other != null) {
            json.put("bank", other.bank());
            json.put("account", other.account());
        }
    }
}
