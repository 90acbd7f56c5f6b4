package dev.allframe.benchmarks;

import dev.allframe.command.CommandOptions;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.View;
import dev.allframe.projection.ViewAnswer;
import dev.allframe.runtime.AllFrame;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.jspecify.annotations.Nullable;

/** Commands at a fixed rate, whatever the answers take, each awaited in a view. */
final class PacedCommands {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final AllFrame allFrame;
    private final View<?, ?> view;
    private final int tills;
    private final int rate;
    private final ConcurrentHistogram fromAnswer = histogram();
    private final ConcurrentHistogram fromCommand = histogram();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private PacedCommands(AllFrame allFrame, View<?, ?> view, int tills, int rate) {
        this.allFrame = allFrame;
        this.view = view;
        this.tills = tills;
        this.rate = rate;
    }

    private static ConcurrentHistogram histogram() {
        return new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 3);
    }

    /** Prints from when a command's append is acknowledged, and from when the command was due, until it is seen. */
    static void compare(AllFrame allFrame, ProjectionType<?, ?> type, int tills, int rate, Duration time, int rounds)
            throws Exception {
        View<?, ?> view = allFrame.view(type);
        AtomicReference<Comparison.@Nullable Result> whole = new AtomicReference<>();
        new Comparison(String.format(Locale.ROOT,
                "until a command is seen in a view in RocksDB with one index, %,d commands a second wanted, %,d tills, %d rounds of %s",
                rate, tills, rounds, time))
                .with("from the append's acknowledgement", () -> {
                    PacedCommands commands = new PacedCommands(allFrame, view, tills, rate);
                    double perSecond = commands.run(time);
                    whole.set(new Comparison.Result(perSecond, 0, commands.fromCommand, null));
                    return new Comparison.Result(perSecond, 0, commands.fromAnswer, null);
                })
                .with("from when the command was due", () -> Objects.requireNonNull(whole.get()))
                .run(rounds);
    }

    /** One command that is answered when its event is stored. */
    static Load.Target target(AllFrame allFrame) {
        CommandOptions patient = CommandOptions.none().within(TIMEOUT);
        return (till, number) -> allFrame.commands()
                .dispatch(Tills.TILL, TillStore.id(till), payIn(number), patient)
                .thenApply(result -> result.orThrow());
    }

    private static Tills.PayIn payIn(long number) {
        return new Tills.PayIn(1 + number % 1_000, "reference " + number);
    }

    private double run(Duration time) throws InterruptedException {
        CommandOptions patient = CommandOptions.none().within(TIMEOUT);
        long count = (long) (rate * (time.toNanos() / 1e9));
        CountDownLatch seen = new CountDownLatch((int) count);
        AtomicLong last = new AtomicLong();
        long begin = System.nanoTime();
        for (long number = 0; number < count; number++) {
            long due = begin + number * TimeUnit.SECONDS.toNanos(1) / rate;
            for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
                LockSupport.parkNanos(early);
            }
            allFrame.commands()
                    .dispatch(Tills.TILL, TillStore.id((int) (number % tills)), payIn(number), patient)
                    .thenCompose(result -> {
                        result.orThrow();
                        long stored = System.nanoTime();
                        return view.await(result, TIMEOUT).thenAccept(answer -> {
                            long now = System.nanoTime();
                            fromAnswer.recordValue(now - stored);
                            fromCommand.recordValue(now - due);
                            last.accumulateAndGet(now, Math::max);
                            if (!(answer instanceof ViewAnswer.Seen)) {
                                throw new IllegalStateException("not seen: " + answer);
                            }
                        });
                    })
                    .whenComplete((unused, failed) -> {
                        if (failed != null) {
                            failure.compareAndSet(null, failed);
                        }
                        seen.countDown();
                    });
        }
        if (!seen.await(2, TimeUnit.MINUTES)) {
            throw new IllegalStateException("commands are not seen");
        }
        Throwable failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("a command was not seen", failed);
        }
        return count / ((last.get() - begin) / 1e9);
    }
}
