package dev.allframe.sample.bank.ledger;

import static dev.allframe.command.CommandOptions.withCommandId;
import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;

import dev.allframe.command.CommandBus;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.sample.bank.account.AccountCommand;
import dev.allframe.sample.bank.account.AccountEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Sends commands without waiting for each answer, at most {@link #IN_FLIGHT} unanswered ones at a time, and counts the
 * answers.
 *
 * <p>One thread sends, so that each account decides its commands in the order in which they were sent; answers are
 * counted on whatever thread brings them, under the lock of this object.
 */
public final class Teller {

    /** Enough to keep the actors of a machine busy, and few enough that no mailbox grows long. */
    private static final int IN_FLIGHT = 1_000;

    /** A slow machine is no reason to give up. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** So that an import of the wrong files into a store does not fill the memory; the rest is counted. */
    private static final int PROBLEMS_KEPT = 10_000;

    private final CommandBus bus;
    private final Runnable onAnswer;
    private final Semaphore free = new Semaphore(IN_FLIGHT);
    private final long begin = System.nanoTime();

    // from here on guarded by this object's lock

    /** The last sequence number of every accepted command of an account: a repeat brings the one of the first time. */
    private final Map<String, BitSet> seen = new HashMap<>();
    private int accepted;
    private long events;
    private int repeated;
    private final SortedMap<String, Integer> refused = new TreeMap<>();
    private final SortedMap<String, Integer> failed = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();
    private @Nullable String unavailable;

    /**
     * A teller whose time begins to run.
     *
     * @param before how many events each account has already
     * @param onAnswer is called once for each answer, on any thread
     */
    public Teller(CommandBus bus, Map<String, Integer> before, Runnable onAnswer) {
        this.bus = bus;
        this.onAnswer = onAnswer;
        before.forEach((account, events) -> {
            BitSet numbers = new BitSet();
            numbers.set(1, events + 1);
            seen.put(account, numbers);
        });
    }

    /**
     * Sends a command; waits while too many others have no answer yet.
     *
     * @throws StorageException if the storage did not take one that was sent before
     */
    public void send(String account, String commandId, AccountCommand command) {
        send(account, commandId, command, "");
    }

    /**
     * Sends a command; waits while too many others have no answer yet.
     *
     * @param origin where it comes from, such as a file and a line, for people whose command is refused; empty where
     *         there is nothing to say
     * @throws StorageException if the storage did not take one that was sent before
     */
    public void send(String account, String commandId, AccountCommand command, String origin) {
        refuseWithoutStorage();
        free.acquireUninterruptibly();
        CommandOptions options = withCommandId(commandId).within(PATIENCE);
        String source = Tally.source(account, commandId, origin);
        bus.dispatch(ACCOUNT, account, command, options).whenComplete((result, broken) -> {
            try {
                if (broken != null) {
                    failed("broken", source, String.valueOf(broken));
                } else {
                    answered(account, source, result);
                }
                onAnswer.run();
            } finally {
                free.release();
            }
        });
    }

    private synchronized void answered(String account, String source, CommandResult<AccountEvent> result) {
        switch (result) {
            case CommandResult.Accepted<AccountEvent>(var stored, var sequenceNr, var token, var deleted) -> {
                if (stored.isEmpty() || isNew(account, Math.toIntExact(sequenceNr))) {
                    accepted++;
                    events += stored.size();
                } else {
                    repeated++;
                }
            }
            case CommandResult.Refused<AccountEvent>(var code, var message, var details) -> {
                refused.merge(code, 1, Integer::sum);
                problem(source, code + (details.isEmpty() ? "" : " " + details));
            }
            case CommandResult.Failed<AccountEvent>(var error) -> {
                if (error instanceof CommandError.StorageUnavailable && unavailable == null) {
                    unavailable = error.message();
                }
                failed(error.code(), source, error.code() + ": " + error.message());
            }
        }
    }

    /** What is refused because an earlier command is not stored is no decision of the bank's. */
    private synchronized void refuseWithoutStorage() {
        if (unavailable != null) {
            throw new StorageException(unavailable);
        }
    }

    /**
     * Whether this is the first answer that brings this sequence number. Only for commands that stored something:
     * others share the number.
     */
    private synchronized boolean isNew(String account, int sequenceNr) {
        BitSet numbers = seen.computeIfAbsent(account, id -> new BitSet());
        boolean first = !numbers.get(sequenceNr);
        numbers.set(sequenceNr);
        return first;
    }

    private synchronized void failed(String code, String source, String reason) {
        failed.merge(code, 1, Integer::sum);
        problem(source, reason);
    }

    private synchronized void problem(String source, String reason) {
        if (problems.size() < PROBLEMS_KEPT) {
            problems.add(source + ": " + reason);
        }
    }

    /**
     * Waits for all answers. The time stops when the last one is there.
     *
     * @throws StorageException if the storage did not take one
     */
    public Tally finish() {
        free.acquireUninterruptibly(IN_FLIGHT);
        Duration time = Duration.ofNanos(System.nanoTime() - begin);
        free.release(IN_FLIGHT);
        refuseWithoutStorage();
        synchronized (this) {
            return new Tally(accepted, events, repeated, refused, failed, problems, time);
        }
    }
}
