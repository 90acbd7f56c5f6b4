package dev.allframe.testkit;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.AbstractScheduler;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.event.LoggingAdapter;
import org.jspecify.annotations.Nullable;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/**
 * Pekko's scheduler on a time that moves when a test says so. Time jumps: what is scheduled because a timer has fired,
 * such as the time limit of what begins then, counts from the end of the jump, however far that is. (That of Pekko's
 * {@code ManualTime} goes through the time between, and limits end before actors had a turn.) Thread-safe.
 */
final class VirtualScheduler extends AbstractScheduler {

    /** A timer that repeats fires so often in a jump and not for all of the time, as after a pause of the process. */
    private static final long MOST_REPEATS = 100;

    private final Queue<Timer> timers = new PriorityQueue<>(
            Comparator.comparingLong((Timer timer) -> timer.nanos).thenComparingLong(timer -> timer.number));
    private long now;
    private long scheduled;

    /** Made by Pekko, by its configuration. */
    VirtualScheduler(Config config, LoggingAdapter log, ThreadFactory threads) {}

    private static final class Timer implements Cancellable {

        private final AtomicBoolean over = new AtomicBoolean();
        private final Runnable task;
        private final long interval;
        private final long number;
        private long nanos;

        /** An interval of 0 is that of a timer which fires once. */
        Timer(Runnable task, long nanos, long interval, long number) {
            this.task = task;
            this.nanos = nanos;
            this.interval = interval;
            this.number = number;
        }

        boolean begin() {
            return interval == 0 ? over.compareAndSet(false, true) : !over.get();
        }

        @Override
        public boolean cancel() {
            return over.compareAndSet(false, true);
        }

        @Override
        public boolean isCancelled() {
            return over.get();
        }
    }

    /** Lets time pass, and runs what is due, in the order of its time, on this thread. */
    void advance(Duration time) {
        synchronized (this) {
            now += time.toNanos();
        }
        for (Timer due = next(); due != null; due = next()) {
            if (due.begin()) {
                due.task.run();
                again(due);
            }
        }
    }

    private synchronized @Nullable Timer next() {
        Timer first = timers.peek();
        return first == null || first.nanos > now ? null : timers.poll();
    }

    private synchronized void again(Timer timer) {
        if (timer.interval > 0 && !timer.isCancelled()) {
            timer.nanos = Math.max(timer.nanos, now - MOST_REPEATS * timer.interval) + timer.interval;
            timers.add(timer);
        }
    }

    private synchronized Cancellable add(FiniteDuration delay, long interval, Runnable task) {
        Timer added = new Timer(task, now + Math.max(0, delay.toNanos()), interval, scheduled++);
        timers.add(added);
        return added;
    }

    @Override
    public Cancellable scheduleOnce(FiniteDuration delay, Runnable task, ExecutionContext executor) {
        return add(delay, 0, task);
    }

    @Override
    @SuppressWarnings("deprecation") // what timers at a fixed rate are made of
    public Cancellable schedule(FiniteDuration delay, FiniteDuration interval, Runnable task,
            ExecutionContext executor) {
        return add(delay, interval.toNanos(), task);
    }

    @Override
    public Cancellable scheduleWithFixedDelay(FiniteDuration delay, FiniteDuration interval, Runnable task,
            ExecutionContext executor) {
        return add(delay, interval.toNanos(), task);
    }

    @Override
    public double maxFrequency() {
        return 1_000;
    }
}
