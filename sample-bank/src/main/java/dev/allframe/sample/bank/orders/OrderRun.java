package dev.allframe.sample.bank.orders;

import static dev.allframe.sample.bank.orders.OrderMonth.ORDER;

import dev.allframe.command.CommandBus;
import dev.allframe.command.CommandError;
import dev.allframe.failure.Failures;
import dev.allframe.saga.SagaError;
import dev.allframe.saga.SagaException;
import dev.allframe.saga.SagaHandle;
import dev.allframe.saga.SagaOrchestrator;
import dev.allframe.saga.SagaStatus;
import dev.allframe.sample.bank.account.Account;
import dev.allframe.sample.bank.ledger.StorageException;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Currency;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;

/**
 * Pays all standing orders of a month: starts the saga of each, a bounded number at a time, and looks at it until it
 * has ended or waits for money. A month that was begun before is looked at alone, so that a repeat pays nothing twice.
 * Used once, by one thread.
 */
public final class OrderRun {

    /** The day on which orders are paid: the data has none. */
    private static final int DAY = 1;

    /** Enough to keep the actors of a machine busy, and few enough to be looked at often. */
    private static final int AT_ONCE = 256;

    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);
    private static final int PROBLEMS_KEPT = 10_000;

    private final YearMonth month;
    private final List<OrderMonth> orders = new ArrayList<>();

    /** The currency in which each bank is paid first. */
    private final Map<String, Currency> banks = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();
    private int paid;
    private int waiting;
    private int unpaid;
    private int failed;
    private int running;

    /** A saga that was started, or will be when the stage completes. */
    private record Begun(OrderMonth order, CompletableFuture<SagaHandle> saga, long nanos) {}

    /**
     * A run that has not begun.
     *
     * @param accounts all accounts, by id; those that are closed pay nothing
     * @param repeats whether the month after begins by itself for each order that is paid: not for a month in the past,
     *         as all months up to today would be paid at once
     */
    public OrderRun(YearMonth month, Map<String, Account> accounts, boolean repeats) {
        this.month = month;
        new TreeMap<>(accounts).forEach((id, account) -> {
            if (account.isOpen()) {
                new TreeMap<>(account.orders()).forEach((orderId, order) -> {
                    orders.add(OrderMonth.of(id, orderId, month, DAY, repeats));
                    banks.putIfAbsent(order.to().bank(), order.amount().currency());
                });
            }
        });
    }

    /** How many orders there are. */
    public int orders() {
        return orders.size();
    }

    /**
     * Pays, and waits.
     *
     * @param patience how long an order is waited for; it goes on all the same
     * @param onLeft is called once for each order that is waited for no longer
     * @throws StorageException if the storage takes no more
     */
    public OrderReport run(CommandBus bus, SagaOrchestrator sagas, Duration patience, Runnable onLeft) {
        long begin = System.nanoTime();
        openClearing(bus, patience);
        Deque<OrderMonth> next = new ArrayDeque<>(orders);
        List<Begun> open = new ArrayList<>();
        while (!next.isEmpty() || !open.isEmpty()) {
            while (!next.isEmpty() && open.size() < AT_ONCE) {
                open.add(begin(sagas, next.remove()));
            }
            int before = open.size();
            open.removeIf(each -> isLeft(each, patience));
            for (int left = open.size(); left < before; left++) {
                onLeft.run();
            }
            if (open.size() == before) {
                LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            }
        }
        return new OrderReport(month, paid, waiting, unpaid, failed, running, problems,
                Duration.ofNanos(System.nanoTime() - begin));
    }

    /** Where one is not open the orders to its bank are booked back, and say why. */
    private void openClearing(CommandBus bus, Duration patience) {
        Map<String, CompletableFuture<String>> opened = new TreeMap<>();
        banks.forEach((bank, currency) -> opened.put(bank,
                Clearing.open(bus, bank, currency, month.atDay(DAY), patience).toCompletableFuture()));
        opened.forEach((bank, problem) -> {
            if (!problem.join().isEmpty()) {
                problem(Clearing.account(bank) + " cannot be opened: " + problem.join());
            }
        });
    }

    /** One that was begun before, with whatever it has done since, is that of the month. */
    private static Begun begin(SagaOrchestrator sagas, OrderMonth order) {
        CompletionStage<SagaHandle> saga = sagas.start(ORDER, order.id(), order).exceptionallyCompose(failure -> {
            Throwable cause = Failures.unwrapped(failure);
            return cause instanceof SagaException refused && refused.error() instanceof SagaError.OtherContext
                    ? CompletableFuture.completedFuture(sagas.saga(ORDER.name(), order.id()))
                    : CompletableFuture.failedFuture(cause);
        });
        return new Begun(order, saga.toCompletableFuture(), System.nanoTime());
    }

    /** Looks at a saga; whether it is waited for no longer, and then counted. */
    private boolean isLeft(Begun begun, Duration patience) {
        boolean late = System.nanoTime() - begun.nanos >= patience.toNanos();
        if (!begun.saga.isDone()) {
            running += late ? 1 : 0;
            return late;
        }
        try {
            SagaStatus status = begun.saga.join().status().toCompletableFuture().join().orElseThrow();
            switch (status.phase()) {
                case COMPLETED -> paid++;
                case COMPENSATED -> {
                    if (OrderMonth.isWantOfMoney(status.reason())) {
                        unpaid++;
                    } else {
                        failed(begun.order, status.reason());
                    }
                }
                case PARKED -> failed(begun.order, "parked: " + status.reason());
                case RUNNING -> {
                    if (isWaiting(status)) {
                        waiting++;
                    } else if (late) {
                        running++;
                    } else {
                        return false;
                    }
                }
            }
        } catch (CompletionException failure) {
            Throwable cause = Failures.unwrapped(failure);
            if (cause instanceof SagaException refused
                    && refused.error() instanceof SagaError.Unavailable(CommandError.StorageUnavailable storage)) {
                throw new StorageException(storage.message());
            }
            failed(begun.order, Failures.message(cause));
        }
        return true;
    }

    private static boolean isWaiting(SagaStatus status) {
        Instant next = status.nextAt();
        return OrderMonth.isWantOfMoney(status.reason()) && next != null && next.isAfter(Instant.now());
    }

    private void failed(OrderMonth order, String reason) {
        failed++;
        problem("account " + order.account() + ", order " + order.orderId() + ": " + reason);
    }

    private void problem(String sentence) {
        if (problems.size() < PROBLEMS_KEPT) {
            problems.add(sentence);
        }
    }
}
