package dev.allframe.runtime.reaction;

import dev.allframe.failure.Failures;
import dev.allframe.projection.ProjectionState;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Supervises the actor of a reaction: one that has ended without being told to is replaced by another after a pause,
 * which grows with each failure. The next has another address, so that it gets no message of streams and effects that
 * were begun before; like any other owner it claims the position first.
 */
final class ReactionKeeper extends AbstractBehavior<ReactionActor.Message> {

    private enum Again implements ReactionActor.Restart { AGAIN }

    private final ReactionActor.Parts parts;
    private final TimerScheduler<ReactionActor.Message> timers;
    private @Nullable ActorRef<ReactionActor.Message> running;
    private long startedNanos;
    private int failures;
    private boolean stopping;

    /** Begins to run a reaction. */
    static Behavior<ReactionActor.Message> create(ReactionActor.Parts parts) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> new ReactionKeeper(context, timers, parts)));
    }

    private ReactionKeeper(ActorContext<ReactionActor.Message> context, TimerScheduler<ReactionActor.Message> timers,
            ReactionActor.Parts parts) {
        super(context);
        this.parts = parts;
        this.timers = timers;
        start();
    }

    private void start() {
        startedNanos = System.nanoTime();
        ActorRef<ReactionActor.Message> child = getContext()
                .spawnAnonymous(ReactionActor.create(parts, getContext().getSelf()));
        getContext().watch(child);
        running = child;
    }

    @Override
    public Receive<ReactionActor.Message> createReceive() {
        return newReceiveBuilder().onMessage(Again.class, again -> onAgain())
                .onMessage(ReactionActor.Stop.class, this::onStop)
                .onMessage(ReactionActor.Ping.class, this::onPing)
                .onSignal(ChildFailed.class, failed -> onEnded(Failures.message(failed.cause())))
                .onSignal(Terminated.class, ended -> onEnded("it was stopped"))
                .onSignal(PostStop.class, signal -> onPostStop())
                .build();
    }

    private Behavior<ReactionActor.Message> onAgain() {
        start();
        return this;
    }

    private Behavior<ReactionActor.Message> onStop(ReactionActor.Stop stop) {
        stopping = true;
        if (running == null) {
            return Behaviors.stopped(this::end);
        }
        running.tell(stop);
        return this;
    }

    /** Where nothing runs the reaction there is no sign of life. */
    private Behavior<ReactionActor.Message> onPing(ReactionActor.Ping ping) {
        if (running != null) {
            running.tell(ping);
        }
        return this;
    }

    private Behavior<ReactionActor.Message> onEnded(String reason) {
        running = null;
        if (stopping) {
            return Behaviors.stopped(this::end);
        }
        Duration longest = parts.settings().backoff().max();
        failures = System.nanoTime() - startedNanos > longest.toNanos() ? 0 : failures + 1;
        String trouble = "the actor that runs it has failed, and is started again: " + reason;
        show(getContext().getSelf(), trouble);
        getContext().getLog().error("{}: {}", parts.reaction().title(), trouble);
        timers.startSingleTimer(Again.AGAIN, parts.settings().backoff().after(failures + 1));
        return this;
    }

    private void end() {
        show(null, "");
    }

    /** Where this was not told to end, its address stays, so that health tells of it. */
    private Behavior<ReactionActor.Message> onPostStop() {
        show(stopping ? null : getContext().getSelf(), "");
        return this;
    }

    private void show(@Nullable ActorRef<ReactionActor.Message> runner, String trouble) {
        parts.progress()
                .set(new ReactionProgress.Now(runner, ProjectionState.BUILDING, parts.progress().now().position(),
                        List.of(), trouble));
    }
}
