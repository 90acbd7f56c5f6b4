package dev.allframe.sample.bank.ledger;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;

import dev.allframe.sample.bank.account.Account;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.store.EventStore;
import dev.allframe.store.Position;
import dev.allframe.store.RecordedEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is stored about the accounts, folded by the accounts' own rules. Every call reads the store anew, on the
 * caller's thread.
 */
public final class Ledger {

    /**
     * One stored event and what it led to.
     *
     * @param recorded the event and when it was stored
     * @param after the account after it
     */
    public record Line(RecordedEvent<AccountEvent> recorded, Account after) {}

    private final EventStore<AccountEvent> store;

    public Ledger(EventStore<AccountEvent> store) {
        this.store = store;
    }

    /** Everything that happened to an account, in order; empty for one that was never opened. */
    public List<Line> statement(String id) {
        List<Line> lines = new ArrayList<>();
        try (var events = store.streamEvents(id)) {
            events.forEach(recorded -> {
                Account before = lines.isEmpty() ? Account.NONE : lines.getLast().after();
                lines.add(new Line(recorded, ACCOUNT.aggregate().evolve(before, recorded.event())));
            });
        }
        return lines;
    }

    /**
     * What a command with an id led to.
     *
     * @param before the account before it
     * @param event the event that it stored; no command of an account stores more than one
     */
    public record Executed(Account before, AccountEvent event) {}

    /** Everything that commands with an id did to an account, by their ids, however long ago. */
    public Map<String, Executed> executed(String id) {
        Map<String, Executed> executed = new HashMap<>();
        Account before = Account.NONE;
        for (Line line : statement(id)) {
            String commandId = line.recorded().metadata().commandId();
            if (commandId != null) {
                executed.put(commandId, new Executed(before, line.recorded().event()));
            }
            before = line.after();
        }
        return executed;
    }

    /** How many events each account has, by id. */
    public Map<String, Integer> versions() {
        Map<String, Integer> versions = new TreeMap<>();
        try (var events = store.streamAllEvents(Position.START)) {
            events.forEach(recorded -> versions.merge(recorded.id(), 1, Integer::sum));
        }
        return versions;
    }

    /** All accounts as they stand, by id. */
    public Map<String, Account> accounts() {
        Map<String, Account> accounts = new TreeMap<>();
        try (var events = store.streamAllEvents(Position.START)) {
            events.forEach(recorded -> accounts.put(recorded.id(), ACCOUNT.aggregate()
                    .evolve(accounts.getOrDefault(recorded.id(), Account.NONE), recorded.event())));
        }
        return accounts;
    }
}
