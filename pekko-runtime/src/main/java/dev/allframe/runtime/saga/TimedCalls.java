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

    /** How long a call may take to end when it was interrupted. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    /** Of calls for whose end nobody waits. */
    static final Watch UNWATCHED = new Watch() {
        @Override
        public void ended() {
            // nobody waits
        }

        @Override
        public void hangs() {
            // nobody waits
        }
    };

    /** Is told whether a call goes on, which its answer does not say. */
    interface Watch {

        /** It has ended: the call, and the stage that it has given. May be told more than once. */
        void ended();

        /** It goes on though its time is over; nothing where it has ended. */
        void hangs();
    }

    private final ActorSystem<?> system;
    private final Set<TimedCall<?>> sharing = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean ticking = new AtomicBoolean();

    TimedCalls(ActorSystem<?> system) {
        this.system = system;
    }

    /** A call that has no answer when a time is over. */
    <A> TimedCall<A> until(Duration limit, Watch watch, Supplier<CompletionStage<A>> call) {
        return new TimedCall<>(call, watch) {
            @Override
            void begin() {
                Cancellable end = schedule(limit, () -> {
                    end();
                    var unused = schedule(GRACE, watch::hangs); // nothing where it has ended meanwhile
                });
                var unused = answered().whenComplete((answer, failure) -> end.cancel());
            }
        };
    }

    /** A call that has no answer when a time is over, or up to two ticks later: for those that end by themselves. */
    <A> TimedCall<A> about(Duration limit, Supplier<CompletionStage<A>> call) {
        return new TimedCall<>(call, UNWATCHED) {
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
        private final Watch watch;
        private final CompletableFuture<A> answered = new CompletableFuture<>();
        private volatile @Nullable Thread caller;
        private volatile @Nullable CompletionStage<A> given;

        /** Counted down by the one that ticks. */
        long ticksLeft;

        private TimedCall(Supplier<CompletionStage<A>> call, Watch watch) {
            this.call = call;
            this.watch = watch;
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
                CompletionStage<A> stage = Objects.requireNonNull(call.get(), "the call returned null");
                given = stage;
                stage.whenComplete((answer, failure) -> {
                    watch.ended();
                    if (failure == null) {
                        answered.complete(answer);
                    } else {
                        answered.completeExceptionally(failure);
                    }
                });
                if (answered.isDone()) {
                    cancel(stage);
                }
            } catch (Throwable thrown) { // by the user's code, whatever it is
                watch.ended();
                answered.completeExceptionally(thrown);
            } finally {
                caller = null;
            }
        }

        /** The time is over: the thread is interrupted, and the stage that the call has given is cancelled. */
        void end() {
            Thread calling = caller;
            if (answered.completeExceptionally(new TimeoutException())) {
                if (calling != null) {
                    calling.interrupt();
                }
                CompletionStage<A> stage = given;
                if (stage != null) {
                    cancel(stage);
                }
            }
        }

        private static void cancel(CompletionStage<?> stage) {
            try {
                stage.toCompletableFuture().cancel(true);
            } catch (UnsupportedOperationException cannotBeCancelled) { // it ends when it does
                return;
            }
        }
    }
}
