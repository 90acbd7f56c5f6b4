package dev.allframe.runtime.saga;

import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.Scheduler;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;

/**
 * Calls of users' code that may hang, each with an end of its time, by the scheduler of an actor system. Those that
 * have a time limit of their own share one timer, which runs while there are any. Thread-safe.
 */
final class TimedCalls {

    /** How often those that share a timer are looked at. */
    static final Duration TICK = Duration.ofMillis(250);

    private final ActorSystem<?> system;
    private final Set<TimedCall<?>> sharing = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean ticking = new AtomicBoolean();

    TimedCalls(ActorSystem<?> system) {
        this.system = system;
    }

    /** A call that has no answer when a time is over. */
    <A> TimedCall<A> until(Duration limit, Supplier<CompletionStage<A>> call) {
        return new TimedCall<>(call) {
            @Override
            void begin() {
                Cancellable end = schedule(limit, this::end);
                var unused = answered().whenComplete((answer, failure) -> end.cancel());
            }
        };
    }

    /** A call that has no answer when a time is over, or up to two ticks later: for those that end by themselves. */
    <A> TimedCall<A> about(Duration limit, Supplier<CompletionStage<A>> call) {
        return new TimedCall<>(call) {
            @Override
            void begin() {
                ticksLeft = 1 + limit.plus(TICK).minusNanos(1).dividedBy(TICK);
                sharing.add(this);
                var unused = answered().whenComplete((answer, failure) -> sharing.remove(this));
                tickLater();
            }
        };
    }

    private void tickLater() {
        if (ticking.compareAndSet(false, true)) {
            schedule(TICK, this::tick);
        }
    }

    private void tick() {
        sharing.forEach(call -> {
            if (--call.ticksLeft <= 0) {
                call.end();
            }
        });
        ticking.set(false);
        if (!sharing.isEmpty()) {
            tickLater();
        }
    }

    private Cancellable schedule(Duration delay, Runnable what) {
        Scheduler scheduler = system.classicSystem().scheduler();
        return scheduler.scheduleOnce(delay, what, system.executionContext());
    }

    /** One call, which is made by {@link #run}. */
    abstract static class TimedCall<A> {

        private final Supplier<CompletionStage<A>> call;
        private final CompletableFuture<A> answered = new CompletableFuture<>();
        private volatile @Nullable Thread caller;

        /** Counted down by the one that ticks. */
        long ticksLeft;

        private TimedCall(Supplier<CompletionStage<A>> call) {
            this.call = call;
        }

        /** Its answer; fails with what the call has thrown, or a {@link TimeoutException}. */
        CompletableFuture<A> answered() {
            return answered;
        }

        /** Its time begins. */
        abstract void begin();

        /** Calls on this thread, which is interrupted where it is still in the call when the time is over. */
        void run() {
            caller = Thread.currentThread();
            try {
                begin();
                Objects.requireNonNull(call.get(), "the call returned null").whenComplete((answer, failure) -> {
                    if (failure == null) {
                        answered.complete(answer);
                    } else {
                        answered.completeExceptionally(failure);
                    }
                });
            } catch (Throwable thrown) { // by the user's code, whatever it is
                answered.completeExceptionally(thrown);
            } finally {
                caller = null;
            }
        }

        /** The time is over. */
        void end() {
            Thread calling = caller;
            if (answered.completeExceptionally(new TimeoutException()) && calling != null) {
                calling.interrupt();
            }
        }
    }
}
