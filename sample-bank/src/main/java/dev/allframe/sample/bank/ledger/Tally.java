package dev.allframe.sample.bank.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What became of many commands. Every command sent is counted once: as accepted, repeated, refused or failed.
 *
 * @param accepted carried out
 * @param events stored by them
 * @param repeated recognised as sent before, and not carried out again
 * @param refused refused by a rule of the bank, by code
 * @param failed without a decision, by code
 * @param problems the first refused and failed commands, in sentences
 * @param time from the first command to the last answer
 */
public record Tally(int accepted, long events, int repeated, SortedMap<String, Integer> refused,
        SortedMap<String, Integer> failed, List<String> problems, Duration time) {

    private static final String CONFLICT = "idempotency-conflict";

    public Tally {
        refused = new TreeMap<>(refused);
        failed = new TreeMap<>(failed);
        problems = List.copyOf(problems);
    }

    /**
     * With commands that were found not to be sent.
     *
     * @param more equal to others that were sent
     * @param conflicts with the id of another that was sent and other contents, in sentences
     */
    public Tally with(int more, List<String> conflicts) {
        SortedMap<String, Integer> failures = new TreeMap<>(failed);
        if (!conflicts.isEmpty()) {
            failures.merge(CONFLICT, conflicts.size(), Integer::sum);
        }
        List<String> all = new ArrayList<>(problems);
        all.addAll(conflicts);
        return new Tally(accepted, events, repeated + more, refused, failures, all, time);
    }

    /** The same with its problems in another order. */
    public Tally withProblems(List<String> sentences) {
        return new Tally(accepted, events, repeated, refused, failed, sentences, time);
    }

    /** What a sentence about a command begins with: {@code account 1, command trans-5, trans.asc:7}. */
    public static String source(String account, String commandId, String origin) {
        return "account " + account + ", command " + commandId + (origin.isEmpty() ? "" : ", " + origin);
    }

    /** Commands with the id of another one and other contents. */
    public int conflicts() {
        return failed.getOrDefault(CONFLICT, 0);
    }

    /** All commands. */
    public int commands() {
        return accepted + repeated + rejected();
    }

    /** Refused and failed ones. */
    public int rejected() {
        return sum(refused) + sum(failed);
    }

    /** Wall-clock time in seconds. */
    public double seconds() {
        return time.toNanos() / 1e9;
    }

    /** Commands answered in a second. */
    public long commandsPerSecond() {
        return perSecond(commands());
    }

    /** Events stored in a second. */
    public long eventsPerSecond() {
        return perSecond(events);
    }

    private long perSecond(long count) {
        return time.isZero() ? 0 : Math.round(count / seconds());
    }

    private static int sum(Map<String, Integer> counts) {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }
}
