package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What killed processes have said of one store, and what was found in it since: what must be there, and what may. Heard
 * on one thread, and read on another when that has ended.
 */
final class KilledLedger {

    /** Of one actor. All are sequence numbers. */
    static final class Account {

        /** Up to here it was persisted. */
        long persisted;
        /** The newest snapshot that was saved. */
        long snapshot;
        /** Up to here it wanted to delete events, and up to here they are deleted. */
        long deleting;
        long deleted;
        /** Up to here it wanted to delete snapshots, and up to here they are deleted. */
        long forgetting;
        long forgotten;
    }

    private final Account[] accounts = new Account[KilledActor.ACTORS];
    private final Map<String, Integer> places = new TreeMap<>();
    private final List<String> wrongs = new ArrayList<>();
    private long[] before = new long[KilledActor.ACTORS];
    private long @Nullable [] backedUp;
    private boolean checkedBefore = true;
    private int acknowledgements;

    KilledLedger() {
        for (int i = 0; i < accounts.length; i++) {
            accounts[i] = new Account();
        }
    }

    Account account(int number) {
        return accounts[number];
    }

    /** Takes a line of a process. */
    synchronized void hear(String line) {
        String[] parts = line.split(" ", 3);
        switch (parts[0]) {
            case "event" -> {
                acknowledgements++;
                Account account = of(parts);
                account.persisted = Math.max(account.persisted, number(parts));
            }
            case "snapshot" -> of(parts).snapshot = Math.max(of(parts).snapshot, number(parts));
            case "delete" -> of(parts).deleting = Math.max(of(parts).deleting, number(parts));
            case "deleted" -> of(parts).deleted = Math.max(of(parts).deleted, number(parts));
            case "forget" -> of(parts).forgetting = Math.max(of(parts).forgetting, number(parts));
            case "forgot" -> of(parts).forgotten = Math.max(of(parts).forgotten, number(parts));
            case "recovered" -> recovered(of(parts), number(parts));
            case "backup" -> before = persisted();
            case "backed-up" -> backedUp = before;
            case "point" -> places.merge(parts[2], Integer.parseInt(parts[1]), Math::max);
            case "open", "closed" -> {
            }
            default -> wrongs.add(line);
        }
    }

    private Account of(String[] parts) {
        return accounts[Integer.parseInt(parts[1])];
    }

    private static long number(String[] parts) {
        return Long.parseLong(parts[2]);
    }

    /** An actor must find what was acknowledged; nothing else, where the store was checked before. */
    private void recovered(Account account, long last) {
        if (last < account.persisted || (checkedBefore && last > account.persisted)) {
            wrongs.add("recovered " + last + " where " + account.persisted + " was persisted");
        }
        account.persisted = last;
    }

    private long[] persisted() {
        long[] all = new long[accounts.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = accounts[i].persisted;
        }
        return all;
    }

    /** Says whether the store was looked at since the last process died. */
    void checked(boolean checked) {
        checkedBefore = checked;
    }

    /** The places that processes came to, and how often, about, the one that came there most. */
    synchronized Map<String, Integer> places() {
        return new TreeMap<>(places);
    }

    /** What every finished backup has of each actor; null where none was finished. */
    long @Nullable [] backedUp() {
        return backedUp;
    }

    int acknowledgements() {
        return acknowledgements;
    }

    /** Nothing failed but by being killed. */
    void assertNothingWrong() {
        assertThat(wrongs).isEmpty();
    }
}
