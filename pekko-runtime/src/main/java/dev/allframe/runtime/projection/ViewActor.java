package dev.allframe.runtime.projection;

import dev.allframe.failure.Failures;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.fold.FoldFailure;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Position;
import dev.allframe.store.Registration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one view on this node: runs a stream of pages for each generation that is open, starts it again when the
 * storage has failed, and follows the orders of operators, each in its turn and until it has succeeded. Never waits:
 * work that waits is done by {@link ViewWork}, one piece at a time, and reported here. Where it fails itself, or tables
 * take nothing any more, it ends, and {@link ViewKeeper} starts another.
 */
final class ViewActor<K, R> extends AbstractBehavior<ViewActor.Message> {

    /** What the actor is told. */
    sealed interface Message {}

    /** Stops the streams, makes what was applied durable, closes the generations and ends. */
    record Stop(CompletableFuture<Done> stopped) implements Message {}

    /** Answers at once: a sign of life. */
    record Ping(Runnable pong) implements Message {}

    /** What {@link ViewKeeper} tells itself. */
    non-sealed interface Restart extends Message {}

    private record Opened(ViewWork.Plan<?, ?> plan) implements Message {}

    private record OpenFailed(Throwable cause) implements Message {}

    private record Applied(ViewStream<?, ?> stream, ViewWork.Done done) implements Message {}

    private record StreamEnded(ViewStream<?, ?> stream, @Nullable Throwable cause) implements Message {}

    /** What {@link OrderFollower} does next. */
    record Step(Runnable step) implements Message {}

    private record Replaced(ViewWork.Plan<?, ?> plan) implements Message {}

    private record WorkDone(String what) implements Message {}

    private record WorkFailed(String what, Throwable cause) implements Message {}

    private record StartAgain(ViewStream<?, ?> stream) implements Message {}

    private record DamageRead(Published read, CorruptStoreException damaged) implements Message {}

    private enum Wake implements Message {
        ORDERS, OPEN, FLUSH, REFUSAL, TURN
    }

    /**
     * What a view needs from its surroundings.
     *
     * @param serial does the work of this view, also that of actors before
     * @param executor handles pages
     * @param turns lets one view be rebuilt at a time
     * @param progress what is told to those who ask how the view is doing
     * @param refusals say whether events may be applied on this node
     */
    record Parts<K, R>(RegisteredView<K, R> view, ServedView<K, R> users, ViewWork<K, R> work,
            EventStoreBackend store, ViewOrders orders, Serial serial, Executor executor, BuildTurns turns,
            ProjectionSettings settings,
            Progress progress, Refusals refusals) {}

    private static final String OPENING = "opening";
    private static final String WHY = "why it is built";
    private static final String ORDER = "an order";
    private static final String REFUSED = "refused";
    private static final String HELD = "held";
    private static final String FLUSHING = "flushing";
    private static final String OLD = "the old generation";
    private static final String DAMAGE = "damage";

    private final Parts<K, R> parts;
    private final TimerScheduler<Message> timers;
    private final Map<Long, ViewStream<K, R>> streams = new HashMap<>();
    private final Troubles troubles;
    private final OrderFollower<K, R> orders;
    private final BuildTurns.Place turn;
    private final Registration onOrder;
    private final Registration onRefusal;
    private boolean pauseOrdered;
    private ViewOrder.@Nullable Retired retired;
    private @Nullable String refusal;
    private boolean opened;
    private boolean opening;
    private int openFailures;
    private @Nullable Stop stopping;

    /** Begins to keep a view. */
    static <K, R> Behavior<Message> create(Parts<K, R> parts) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> new ViewActor<>(context, timers, parts)));
    }

    private ViewActor(ActorContext<Message> context, TimerScheduler<Message> timers, Parts<K, R> parts) {
        super(context);
        this.parts = parts;
        this.timers = timers;
        this.troubles = new Troubles(parts.progress());
        this.orders = new OrderFollower<>(parts, context, new Orders());
        this.turn = parts.turns().place(() -> context.getSelf().tell(Wake.TURN));
        this.onOrder = parts.orders().onOrder(name(), () -> context.getSelf().tell(Wake.ORDERS));
        this.onRefusal = parts.refusals().onChange().apply(() -> context.getSelf().tell(Wake.REFUSAL));
        flushLater();
        noteRefusal();
        parts.users().state(ProjectionState.BUILDING, "is being opened");
        open();
    }

    private String name() {
        return parts.view().type().name();
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder().onMessage(Opened.class, this::onOpened)
                .onMessage(OpenFailed.class, this::onOpenFailed)
                .onMessage(Applied.class, this::onApplied)
                .onMessage(StreamEnded.class, this::onStreamEnded)
                .onMessage(StartAgain.class, this::onStartAgain)
                .onMessage(Replaced.class, this::onReplaced)
                .onMessage(DamageRead.class, this::onDamageRead)
                .onMessage(Step.class, this::onStep)
                .onMessage(WorkDone.class, this::onWorkDone)
                .onMessage(WorkFailed.class, this::onWorkFailed)
                .onMessage(Wake.class, this::onWake)
                .onMessage(Ping.class, this::onPing)
                .onMessage(Stop.class, this::onStop)
                .onSignal(PostStop.class, signal -> onPostStop())
                .build();
    }

    /** The view is opened for its users in the same piece of work, behind what another actor has left to close. */
    private void open() {
        opening = true;
        ActorRef<Message> self = getContext().getSelf();
        getContext().pipeToSelf(parts.serial().submit(() -> {
            parts.users().opening((read, damaged) -> self.tell(new DamageRead(read, damaged)));
            return parts.work().open();
        }),
                (plan, cause) -> cause == null ? new Opened(plan) : new OpenFailed(Failures.unwrapped(cause)));
    }

    @SuppressWarnings("unchecked") // the plan of this view's own work
    private Behavior<Message> onOpened(Opened message) {
        ViewWork.Plan<K, R> plan = (ViewWork.Plan<K, R>) message.plan();
        opened = true;
        opening = false;
        openFailures = 0;
        if (stopping != null) {
            return end();
        }
        pauseOrdered = plan.paused();
        retired = plan.retired();
        troubles.clear(OPENING);
        troubles.set(WHY, plan.served() == null ? plan.why() : "");
        take(plan.served());
        take(plan.building());
        showState();
        orders.begin(plan.followed());
        return this;
    }

    private Behavior<Message> onOpenFailed(OpenFailed message) {
        opening = false;
        if (stopping != null) {
            return end();
        }
        troubles.set(OPENING, "it cannot be opened: " + Failures.message(message.cause()));
        getContext().getLog().warn("view '{}' cannot be opened; it is tried again", name(), message.cause());
        timers.startSingleTimer(Wake.OPEN, parts.settings().backoff(++openFailures));
        return this;
    }

    private boolean isPaused() {
        return pauseOrdered || refusal != null;
    }

    private void take(@Nullable Generation<K, R> generation) {
        if (generation != null) {
            ViewStream<K, R> stream = new ViewStream<>(generation);
            streams.put(generation.number(), stream);
            if (!isServed(stream)) {
                parts.progress().building(generation.number(), Position.START);
            }
            startIfDue(stream);
        }
    }

    private void startIfDue(ViewStream<K, R> stream) {
        if (stream.isDue() && !isPaused() && stopping == null) {
            boolean beside = (parts.users().published() != null || parts.work().isOtherServed()) && !isServed(stream);
            boolean waits = beside && !turn.take();
            if (!isServed(stream)) {
                parts.progress().waiting(waits);
            }
            if (waits) {
                return;
            }
            getContext().pipeToSelf(
                    stream.start(parts, getContext().getSystem(), beside,
                            done -> getContext().getSelf().tell(new Applied(stream, done))),
                    (done, cause) -> new StreamEnded(stream, cause == null ? null : Failures.unwrapped(cause)));
        }
    }

    private boolean isServed(ViewStream<?, ?> stream) {
        Published served = parts.users().published();
        return served != null && served.tables().generation() == stream.generation().number();
    }

    /** Whether the view stands before an event: what is served does, or what is built where nothing is served. */
    private boolean isStanding() {
        boolean serves = parts.users().published() != null;
        return streams.values().stream().anyMatch(each -> each.isStanding() && (!serves || isServed(each)));
    }

    private void showState() {
        ProjectionState state;
        ViewOrder.Retired gone = retired;
        if (gone != null) {
            parts.users().state(ProjectionState.RETIRED, ServedView.retired(gone));
            return;
        }
        if (isPaused()) {
            state = ProjectionState.PAUSED;
        } else if (isStanding()) {
            state = ProjectionState.FAILED;
        } else if (parts.users().published() == null) {
            state = ProjectionState.BUILDING;
        } else {
            state = parts.users().isAnyParked() ? ProjectionState.PARKED : ProjectionState.LIVE;
        }
        String trouble = parts.progress().trouble();
        String because = trouble.isEmpty() ? "" : ": " + trouble;
        parts.users().state(state, switch (state) {
            case PAUSED -> "is paused" + because;
            case FAILED -> "stands before an event that failed" + because;
            default -> "is being built" + because;
        });
    }

    /** The stream of a message, where it is not one of a generation that was given up. */
    @SuppressWarnings({"unchecked", "ReferenceEquality"}) // a stream of this view
    private @Nullable ViewStream<K, R> current(ViewStream<?, ?> stream) {
        return streams.get(stream.generation().number()) == stream ? (ViewStream<K, R>) stream : null;
    }

    private static String partOf(ViewStream<?, ?> stream) {
        return "generation " + stream.generation().number();
    }

    private Behavior<Message> onApplied(Applied message) {
        ViewWork.Done done = message.done();
        ViewStream<K, R> stream = current(message.stream());
        if (stream == null) {
            return this;
        }
        FoldFailure failure = done.failure();
        if (failure == null && stream.recovered()) {
            troubles.clear(partOf(stream));
        }
        if (isServed(stream) || parts.users().published() == null) {
            parts.progress().applied(done.events(), done.atEnd());
        }
        if (!done.switched() && !isServed(stream)) {
            parts.progress().building(stream.generation().number(), done.state().position());
            troubles.set(HELD, done.held());
            if (done.atEnd()) { // and held: to follow the store costs little
                turn.leave();
            }
        }
        if (failure != null) {
            stand(stream, failure);
        } else if (done.switched()) {
            switched();
        } else if (parts.users().isAnyParked() != (parts.users().state() == ProjectionState.PARKED)) {
            showState();
        }
        return this;
    }

    private void stand(ViewStream<K, R> stream, FoldFailure failure) {
        String what = "event " + failure.sequenceNr() + " of " + failure.stream() + " failed: "
                + Failures.description(failure.cause());
        stream.stand();
        troubles.set(partOf(stream), isServed(stream) ? what : partOf(stream) + ", which is built, stands: " + what);
        getContext().getLog()
                .error("view '{}', generation {} stands: {}", name(), stream.generation().number(), what,
                        failure.cause());
        showState();
    }

    private void switched() {
        parts.progress().built();
        troubles.clear(WHY);
        troubles.clear(HELD);
        troubles.clear(DAMAGE);
        streams.values().stream().filter(each -> !parts.work().keeps(each.generation())).toList().forEach(this::giveUp);
        streams.values().forEach(ViewStream::startAnew);
        leaveTurn();
        work(OLD, parts.work()::dropOld);
        showState();
    }

    private void giveUp(ViewStream<K, R> stream) {
        streams.remove(stream.generation().number());
        troubles.clear(partOf(stream));
        stream.stop();
        leaveTurn();
    }

    /** Lets another view be built where this one is not being built. */
    private void leaveTurn() {
        if (streams.values().stream().noneMatch(stream -> stream.isRunning() && !isServed(stream))) {
            turn.leave();
        }
    }

    private Behavior<Message> onStreamEnded(StreamEnded message) {
        message.stream().ended();
        leaveTurn();
        if (stopping != null) {
            return end();
        }
        ViewStream<K, R> stream = current(message.stream());
        if (stream == null) {
            return this;
        }
        Throwable cause = message.cause();
        if (cause instanceof DamagedGenerationException damaged) {
            replace(damaged);
        } else if (!parts.work().keeps(stream.generation())) {
            giveUp(stream);
        } else if (cause instanceof BrokenTablesException broken) {
            throw broken;
        } else if (cause != null) {
            troubles.set(partOf(stream), Failures.message(cause));
            getContext().getLog().warn("view '{}' is interrupted, and goes on by itself", name(), cause);
            StartAgain again = new StartAgain(stream);
            timers.startSingleTimer(again, again, parts.settings().backoff(stream.failed()));
        } else {
            startIfDue(stream);
        }
        return this;
    }

    private Behavior<Message> onStartAgain(StartAgain message) {
        ViewStream<K, R> stream = current(message.stream());
        if (stream != null) {
            startIfDue(stream);
        }
        return this;
    }

    /** Several readers may have met the same damage: the first message takes the generation out. */
    private Behavior<Message> onDamageRead(DamageRead message) {
        Published served = parts.users().published();
        long number = message.read().tables().generation();
        boolean isServed = served != null && served.readers().equals(message.read().readers());
        if (opened && stopping == null && isServed && streams.containsKey(number)) {
            replace(new DamagedGenerationException(number, message.damaged()));
        }
        return this;
    }

    private void replace(DamagedGenerationException damaged) {
        getContext().getLog().error("view '{}' is damaged", name(), damaged);
        ViewStream<K, R> stream = streams.get(damaged.generation());
        if (stream != null) {
            giveUp(stream);
        }
        troubles.set(DAMAGE, Failures.message(damaged));
        getContext().pipeToSelf(
                parts.serial().submit(() -> parts.work().replace(damaged.generation(), Failures.message(damaged))),
                (plan, cause) -> cause == null
                        ? new Replaced(plan)
                        : new WorkFailed(DAMAGE, Failures.unwrapped(cause)));
    }

    @SuppressWarnings("unchecked") // the plan of this view's own work
    private Behavior<Message> onReplaced(Replaced message) {
        if (stopping != null) {
            return end();
        }
        Generation<K, R> served = (Generation<K, R>) message.plan().served();
        Generation<K, R> building = (Generation<K, R>) message.plan().building();
        if (building != null && !streams.containsKey(building.number())) {
            take(building);
        }
        if (served != null && building == null) { // it was complete, and is served in place of the damaged one
            switched();
        }
        streams.values().forEach(this::startIfDue); // what waited for its turn is not built beside another any more
        return this;
    }

    private Behavior<Message> onWake(Wake wake) {
        switch (wake) {
            case OPEN -> open();
            case FLUSH -> {
                if (opened) {
                    work(FLUSHING, parts.work()::flush);
                } else {
                    flushLater();
                }
            }
            case ORDERS -> orders.follow();
            case TURN -> {
                streams.values().forEach(this::startIfDue);
                leaveTurn();
            }
            case REFUSAL -> {
                noteRefusal();
                if (opened) {
                    pauseOrGoOn();
                }
            }
        }
        return this;
    }

    private void noteRefusal() {
        refusal = parts.refusals().now().get();
        troubles.set(REFUSED, Objects.requireNonNullElse(refusal, ""));
    }

    private Behavior<Message> onStep(Step step) {
        step.step().run();
        return this;
    }

    /** What orders do here. */
    private final class Orders implements OrderFollower.Keeper<K, R> {

        @Override
        public boolean isStopping() {
            return stopping != null;
        }

        @Override
        public void onFollowed(ViewOrder order, ViewWork.Obeyed<K, R> obeyed) {
            Generation<K, R> begun = obeyed.begun();
            if (begun != null) {
                streams.values().stream().filter(stream -> !isServed(stream)).toList().forEach(ViewActor.this::giveUp);
                troubles.clear(HELD);
                retired = null;
                take(begun);
            }
            if (obeyed.switched()) {
                switched();
            }
            if (obeyed.retired() != null) {
                retire(obeyed.retired());
            }
            switch (order) {
                case ViewOrder.Paused given -> {
                    pauseOrdered = true;
                    pauseOrGoOn();
                }
                case ViewOrder.Resumed given -> {
                    pauseOrdered = false;
                    pauseOrGoOn();
                }
                case ViewOrder.RebuildOrdered given -> showState();
                case ViewOrder.RetryOrdered given -> tryAgain();
                case ViewOrder.EventSkipped skip -> tryAgain();
                case ViewOrder.Retired given -> {
                }
                case ViewOrder.OfVersions given -> {
                }
                case ViewOrder.RestartOrdered ofReactions -> {
                }
                case ViewOrder.OfReplay given -> {
                }
            }
        }

        @Override
        public void onAllFollowed() {
            troubles.clear(ORDER);
        }

        @Override
        public void onFailed(Throwable cause, int failures) {
            if (cause instanceof BrokenTablesException broken) {
                throw broken;
            }
            if (cause instanceof DamagedGenerationException damaged) {
                replace(damaged);
            }
            troubles.set(ORDER, "an order cannot be followed: " + Failures.message(cause));
            getContext().getLog().warn("view '{}': an order cannot be followed; it is tried again", name(), cause);
            timers.startSingleTimer(Wake.ORDERS, parts.settings().backoff(failures));
        }
    }

    private void retire(ViewOrder.Retired given) {
        retired = given;
        List.copyOf(streams.values()).forEach(this::giveUp);
        troubles.clearAll();
        noteRefusal();
        parts.progress().built();
        showState();
    }

    private void tryAgain() {
        streams.values().stream().filter(ViewStream::isStanding).forEach(stream -> {
            stream.want();
            troubles.clear(partOf(stream));
        });
        pauseOrGoOn();
    }

    private void pauseOrGoOn() {
        if (isPaused()) {
            streams.values().forEach(ViewStream::stop);
        } else {
            for (ViewStream<K, R> stream : streams.values()) {
                if (!stream.isStanding() && parts.work().keeps(stream.generation())) {
                    stream.want();
                    startIfDue(stream);
                }
            }
        }
        showState();
    }

    private void work(String what, Runnable work) {
        getContext().pipeToSelf(parts.serial().submit(() -> {
            work.run();
            return what;
        }), (done, cause) -> cause == null ? new WorkDone(what) : new WorkFailed(what, Failures.unwrapped(cause)));
    }

    /** Behind the end of each flush: on a slow disk pages would queue behind flushes that were given by a clock. */
    private void flushLater() {
        timers.startSingleTimer(Wake.FLUSH, parts.settings().flushInterval());
    }

    private void ended(String what) {
        if (what.equals(FLUSHING)) {
            flushLater();
        }
    }

    private Behavior<Message> onWorkDone(WorkDone message) {
        ended(message.what());
        troubles.clear(message.what());
        return this;
    }

    private Behavior<Message> onWorkFailed(WorkFailed message) {
        ended(message.what());
        if (stopping != null) {
            return end();
        }
        if (message.cause() instanceof DamagedGenerationException damaged) {
            replace(damaged);
        } else if (message.what().equals(DAMAGE) || message.cause() instanceof BrokenTablesException) {
            throw new IllegalStateException(message.what() + " failed", message.cause());
        } else {
            troubles.set(message.what(), message.what() + " failed: " + Failures.message(message.cause()));
            getContext().getLog().warn("view '{}': {} failed", name(), message.what(), message.cause());
        }
        return this;
    }

    private Behavior<Message> onPing(Ping ping) {
        ping.pong().run();
        return this;
    }

    private Behavior<Message> onStop(Stop stop) {
        if (stopping != null) {
            CompletionStage<Done> unused = stopping.stopped()
                    .whenComplete((done, cause) -> stop.stopped().complete(Done.getInstance()));
            return this;
        }
        stopping = stop;
        onOrder.close();
        streams.values().forEach(ViewStream::stop);
        return opening ? this : end();
    }

    /** Ends when no stream runs any more. */
    private Behavior<Message> end() {
        return streams.values().stream().anyMatch(ViewStream::isRunning) ? this : Behaviors.stopped();
    }

    /** What waits is closed behind the last piece of work, also where this actor has failed or the system ends. */
    private Behavior<Message> onPostStop() {
        onOrder.close();
        onRefusal.close();
        turn.leave();
        streams.values().forEach(ViewStream::stop);
        CompletableFuture<Done> stopped = stopping == null ? new CompletableFuture<>() : stopping.stopped();
        CompletionStage<Done> unused = parts.serial().submit(() -> {
            parts.work().close();
            return Done.getInstance();
        }).whenComplete((done, cause) -> {
            if (cause == null) {
                stopped.complete(done);
            } else {
                stopped.completeExceptionally(Failures.unwrapped(cause));
            }
        });
        return this;
    }
}
