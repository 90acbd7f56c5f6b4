package dev.allframe.runtime.projection;

import dev.allframe.failure.Failures;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
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
 * Supervises the actor of a view: one that has failed is replaced by another after a pause, which grows with each
 * failure. The next has another address, so that it gets no message of streams and work that were begun before.
 */
final class ViewKeeper extends AbstractBehavior<ViewActor.Message> {

    private enum Again implements ViewActor.Restart { AGAIN }

    private final ViewActor.Parts<?, ?> parts;
    private final TimerScheduler<ViewActor.Message> timers;
    private @Nullable ActorRef<ViewActor.Message> keeping;
    private ViewActor.@Nullable Stop stopping;
    private long startedNanos;
    private int failures;

    /** Begins to keep a view. */
    static Behavior<ViewActor.Message> create(ViewActor.Parts<?, ?> parts) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> new ViewKeeper(context, timers, parts)));
    }

    private ViewKeeper(ActorContext<ViewActor.Message> context, TimerScheduler<ViewActor.Message> timers,
            ViewActor.Parts<?, ?> parts) {
        super(context);
        this.parts = parts;
        this.timers = timers;
        start();
    }

    private void start() {
        startedNanos = System.nanoTime();
        ActorRef<ViewActor.Message> child = getContext().spawnAnonymous(ViewActor.create(parts));
        getContext().watch(child);
        keeping = child;
    }

    @Override
    public Receive<ViewActor.Message> createReceive() {
        return newReceiveBuilder().onMessage(Again.class, again -> onAgain())
                .onMessage(ViewActor.Stop.class, this::onStop)
                .onMessage(ViewActor.Ping.class, this::onPing)
                .onSignal(ChildFailed.class, this::onFailed)
                .onSignal(Terminated.class, ended -> Behaviors.stopped())
                .onSignal(PostStop.class, stopped -> onPostStop())
                .build();
    }

    /** Also where the actor system ends: nobody opens the view again. */
    private Behavior<ViewActor.Message> onPostStop() {
        parts.users().end();
        return this;
    }

    private Behavior<ViewActor.Message> onAgain() {
        start();
        return this;
    }

    private Behavior<ViewActor.Message> onStop(ViewActor.Stop stop) {
        if (stopping != null) {
            CompletionStage<Done> unused = stopping.stopped()
                    .whenComplete((done, cause) -> stop.stopped().complete(Done.getInstance()));
            return this;
        }
        stopping = stop;
        if (keeping == null) {
            return end(stop);
        }
        keeping.tell(stop);
        return this;
    }

    /** The failed actor has given the closing to the work; behind it nothing is open. */
    private Behavior<ViewActor.Message> end(ViewActor.Stop stop) {
        CompletionStage<Done> unused = parts.serial()
                .submit(Done::getInstance)
                .whenComplete((done, cause) -> stop.stopped().complete(Done.getInstance()));
        return Behaviors.stopped();
    }

    /** Where nothing keeps the view there is no sign of life. */
    private Behavior<ViewActor.Message> onPing(ViewActor.Ping ping) {
        if (keeping != null) {
            keeping.tell(ping);
        }
        return this;
    }

    private Behavior<ViewActor.Message> onFailed(ChildFailed failed) {
        keeping = null;
        if (stopping != null) { // which the actor that has failed may not have got
            return end(stopping);
        }
        boolean stayed = System.nanoTime() - startedNanos > parts.settings().backoffMax().toNanos();
        failures = stayed ? 1 : failures + 1;
        parts.progress().trouble("it has failed, and is started again: " + Failures.message(failed.cause()));
        getContext().getLog()
                .error("view '{}' has failed, and is started again", parts.view().type().name(), failed.cause());
        timers.startSingleTimer(Again.AGAIN, parts.settings().backoff(failures));
        return this;
    }
}
