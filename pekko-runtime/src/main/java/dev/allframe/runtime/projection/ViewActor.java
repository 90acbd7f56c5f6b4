package dev.allframe.runtime.projection;

import dev.allframe.failure.Failures;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.fold.FoldFailure;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.RecordedEvent;
import dev.allframe.store.Registration;
import dev.allframe.store.StoreClosedException;
import dev.allframe.streams.PagedSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.UniqueKillSwitch;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one view on this node: runs a stream of pages for each generation that is open, starts it again when the
 * storage has failed, and follows the orders of operators. Never waits: what waits is done by {@link ViewWork}, one
 * piece of work at a time, and told here.
 */
final class ViewActor<K, R> extends AbstractBehavior<ViewActor.Message> {

    /** What the actor is told. */
    sealed interface Message {}

    /** Stops the streams, makes what was applied durable, closes the generations and ends. */
    record Stop(CompletableFuture<Done> stopped) implements Message {}

    /** Answers at once: a sign of life. */
    record Ping(Runnable pong) implements Message {}

    private record Opened(ViewWork.Plan<?, ?> plan) implements Message {}

    private record OpenFailed(Throwable cause) implements Message {}

    private record Applied(long generation, ViewWork.Done<?, ?> done) implements Message {}

    private record StreamEnded(long generation, @Nullable Throwable cause) implements Message {}

    private record OrdersRead(List<RecordedEvent<ViewOrder>> orders) implements Message {}

    private record Followed(long order, @Nullable Object begun) implements Message {}

    private record Replaced(ViewWork.Plan<?, ?> plan) implements Message {}

    private record WorkFailed(String what, Throwable cause) implements Message {}

    private record StartAgain(long generation) implements Message {}

    private enum Wake implements Message {
        ORDERS, OPEN, FLUSH
    }

    /**
     * What a view needs from its surroundings.
     *
     * @param progress what is told to those who ask how the view is doing
     */
    record Parts<K, R>(RegisteredView<K, R> view, ServedView<K, R> users, ViewWork<K, R> work,
            EventStoreBackend store, ViewOrders orders, Executor executor, ProjectionSettings settings,
            Progress progress) {}

    /** A stream that runs, or is to run again when it has ended. */
    private final class Running {
        private final Generation<K, R> generation;
        private @Nullable UniqueKillSwitch stream;
        private boolean wanted = true;
        private int failures;

        Running(Generation<K, R> generation) {
            this.generation = generation;
        }
    }

    private final Parts<K, R> parts;
    private final TimerScheduler<Message> timers;
    private final Serial serial;
    private final Map<Long, Running> running = new HashMap<>();
    private final Registration onOrder;
    private boolean paused;
    private boolean failed;
    private boolean following;
    private boolean orderedMeanwhile;
    private boolean opened;
    private long lastOrder;
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
        this.serial = new Serial(parts.executor());
        this.onOrder = parts.orders().onOrder(name(), () -> context.getSelf().tell(Wake.ORDERS));
        timers.startTimerWithFixedDelay(Wake.FLUSH, parts.settings().flushInterval());
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
                .onMessage(OrdersRead.class, this::onOrdersRead)
                .onMessage(Followed.class, this::onFollowed)
                .onMessage(WorkFailed.class, this::onWorkFailed)
                .onMessage(Wake.class, this::onWake)
                .onMessage(Ping.class, this::onPing)
                .onMessage(Stop.class, this::onStop)
                .onSignal(PostStop.class, signal -> onPostStop())
                .build();
    }

    private void open() {
        getContext().pipeToSelf(serial.submit(parts.work()::open),
                (plan, cause) -> cause == null ? new Opened(plan) : new OpenFailed(Failures.unwrapped(cause)));
    }

    @SuppressWarnings("unchecked") // the plan of this view's own work
    private Behavior<Message> onOpened(Opened message) {
        ViewWork.Plan<K, R> plan = (ViewWork.Plan<K, R>) message.plan();
        opened = true;
        openFailures = 0;
        paused = plan.paused();
        if (stopping != null) {
            return end();
        }
        if (!plan.why().isEmpty()) {
            parts.progress().trouble(plan.why());
        }
        take(plan.served());
        take(plan.building());
        showState(plan.why());
        getContext().getSelf().tell(Wake.ORDERS);
        return this;
    }

    private void take(@Nullable Generation<K, R> generation) {
        if (generation != null) {
            Running stream = new Running(generation);
            running.put(generation.number(), stream);
            if (!paused) {
                start(stream);
            }
        }
    }

    private void showState(String why) {
        ProjectionState state;
        if (paused) {
            state = ProjectionState.PAUSED;
        } else if (failed) {
            state = ProjectionState.FAILED;
        } else if (parts.users().published() == null) {
            state = ProjectionState.BUILDING;
        } else {
            state = parts.users().isAnyParked() ? ProjectionState.PARKED : ProjectionState.LIVE;
        }
        String how = switch (state) {
            case PAUSED -> "is paused";
            case FAILED -> "stands before an event that failed: " + parts.progress().trouble();
            default -> "is being built" + (why.isEmpty() ? "" : ", because " + why);
        };
        parts.users().state(state, how);
    }

    private Behavior<Message> onOpenFailed(OpenFailed message) {
        if (stopping != null) {
            return end();
        }
        parts.progress().trouble(Failures.message(message.cause()));
        getContext().getLog().warn("view '{}' cannot be opened; it is tried again", name(), message.cause());
        timers.startSingleTimer(Wake.OPEN, backoff(++openFailures));
        return this;
    }

    private Duration backoff(int failures) {
        long pause = parts.settings().backoffMin().toMillis() << Math.min(failures - 1, 20);
        return Duration.ofMillis(Math.min(pause, parts.settings().backoffMax().toMillis()));
    }

    private void start(Running running) {
        Generation<K, R> generation = running.generation;
        ProjectionSettings settings = parts.settings();
        boolean beside = parts.users().published() != null && !isServed(generation);
        Source<EventPage, NotUsed> pages = PagedSource.live(
                () -> new ViewPages(parts.store(), parts.view().handlers().filter(),
                        generation.fold().state().position(), settings.pageSize()),
                parts.store()::onAppend);
        if (beside && settings.rebuildRate() > 0) {
            pages = pages.throttle(settings.rebuildRate(), Duration.ofSeconds(1),
                    page -> Math.max(1, page.events().size()));
        }
        Pair<UniqueKillSwitch, CompletionStage<Done>> stream = pages
                .viaMat(KillSwitches.single(), Keep.right())
                .mapAsync(2, page -> CompletableFuture.supplyAsync(() -> parts.view().handlers().handle(page),
                        parts.executor()))
                .mapAsync(1, page -> serial.submit(() -> Optional
                        .ofNullable(parts.work().apply(generation, page))))
                .takeWhile(done -> done.filter(page -> page.failure() == null).isPresent(), true)
                .toMat(Sink.foreach(done -> done.ifPresent(page -> getContext().getSelf()
                        .tell(new Applied(generation.number(), page)))), Keep.both())
                .run(getContext().getSystem());
        running.stream = stream.first();
        running.wanted = true;
        getContext().pipeToSelf(stream.second(), (done, cause) -> new StreamEnded(generation.number(),
                cause == null ? null : Failures.unwrapped(cause)));
    }

    private boolean isServed(Generation<K, R> generation) {
        Published served = parts.users().published();
        return served != null && served.tables().generation() == generation.number();
    }

    /** Ends a stream; what it has read already is applied still. */
    private void stop(Running running) {
        running.wanted = false;
        if (running.stream != null) {
            running.stream.shutdown();
        }
    }

    private Behavior<Message> onApplied(Applied message) {
        ViewWork.Done<?, ?> done = message.done();
        Running stream = running.get(message.generation());
        if (stream == null) {
            return this;
        }
        stream.failures = 0;
        parts.progress().applied(done.events(), done.atEnd());
        FoldFailure failure = done.failure();
        if (failure != null) {
            failed = true;
            String what = "event " + failure.sequenceNr() + " of " + failure.stream() + " failed: "
                    + Failures.description(failure.cause());
            parts.progress().trouble(what);
            getContext().getLog().error("view '{}' stands: {}", name(), what, failure.cause());
            stream.wanted = false;
            showState("");
            return this;
        }
        if (!isServed(stream.generation)) {
            parts.progress().building(message.generation(), done.state().position());
        }
        if (done.switched()) {
            switched(done.switchedFrom());
        } else if (parts.users().isAnyParked() != (parts.users().state() == ProjectionState.PARKED)) {
            showState("");
        }
        return this;
    }

    private void switched(@Nullable Generation<?, ?> old) {
        parts.progress().built();
        parts.progress().trouble("");
        failed = false;
        showState("");
        if (old == null) {
            drop(null);
            return;
        }
        Running before = running.get(old.number());
        if (before == null || before.stream == null) {
            running.remove(old.number());
            drop(old);
        } else {
            stop(before); // dropped when its stream has ended
        }
    }

    @SuppressWarnings("unchecked") // a generation of this view
    private void drop(@Nullable Generation<?, ?> old) {
        work("the old generation", () -> parts.work().dropOld((Generation<K, R>) old));
    }

    private Behavior<Message> onStreamEnded(StreamEnded message) {
        Running stream = running.get(message.generation());
        if (stream == null) {
            return this;
        }
        stream.stream = null;
        if (stopping != null) {
            return end();
        }
        Throwable cause = message.cause();
        if (cause instanceof DamagedGenerationException damaged) {
            running.remove(message.generation());
            replace(damaged);
        } else if (cause != null && !(cause instanceof StoreClosedException)) {
            stream.failures++;
            parts.progress().trouble(Failures.message(cause));
            getContext().getLog().warn("view '{}' is interrupted, and goes on by itself", name(), cause);
            StartAgain again = new StartAgain(message.generation());
            timers.startSingleTimer(again, again, backoff(stream.failures));
        } else if (stream.wanted && !paused && !failed) {
            start(stream);
        } else if (!isServed(stream.generation) && parts.users().published() != null && !isBuilding(stream)) {
            running.remove(message.generation());
            drop(stream.generation);
        }
        return this;
    }

    private boolean isBuilding(Running stream) {
        return parts.work().isBuilding(stream.generation);
    }

    private Behavior<Message> onStartAgain(StartAgain message) {
        Running stream = running.get(message.generation());
        if (stream != null && stream.stream == null && !paused && !failed && stopping == null) {
            start(stream);
        }
        return this;
    }

    private void replace(DamagedGenerationException damaged) {
        getContext().getLog().error("view '{}' is damaged", name(), damaged);
        parts.progress().trouble(Failures.message(damaged));
        getContext().pipeToSelf(
                serial.submit(() -> parts.work().replace(damaged.generation(), Failures.message(damaged))),
                (plan, cause) -> cause == null
                        ? new Replaced(plan)
                        : new WorkFailed("replacing a damaged generation", cause));
    }

    @SuppressWarnings("unchecked") // the plan of this view's own work
    private Behavior<Message> onReplaced(Replaced message) {
        Generation<K, R> building = (Generation<K, R>) message.plan().building();
        if (building != null && !running.containsKey(building.number())) {
            take(building);
        }
        return this;
    }

    private Behavior<Message> onWake(Wake wake) {
        switch (wake) {
            case OPEN -> open();
            case FLUSH -> {
                if (opened) {
                    work("flushing", parts.work()::flush);
                }
            }
            case ORDERS -> follow();
        }
        return this;
    }

    /** Reads new orders, once at a time. */
    private void follow() {
        if (!opened || following || stopping != null) {
            orderedMeanwhile = true;
            return;
        }
        following = true;
        orderedMeanwhile = false;
        long last = lastOrder;
        getContext().pipeToSelf(serial.submit(() -> parts.work().newOrders(last)),
                (orders, cause) -> cause == null
                        ? new OrdersRead(orders)
                        : new WorkFailed("reading orders", Failures.unwrapped(cause)));
    }

    private Behavior<Message> onOrdersRead(OrdersRead message) {
        following = false;
        boolean first = lastOrder == 0;
        for (RecordedEvent<ViewOrder> order : message.orders()) {
            lastOrder = order.sequenceNr();
            if (!first || order.sequenceNr() > parts.work().followedAtOpening()) {
                follow(order);
            }
        }
        if (orderedMeanwhile) {
            follow();
        }
        return this;
    }

    private void follow(RecordedEvent<ViewOrder> order) {
        long number = order.sequenceNr();
        getContext().getLog().info("view '{}': {}", name(), order.event());
        switch (order.event()) {
            case ViewOrder.Paused given -> {
                paused = true;
                running.values().forEach(this::stop);
                work("an order", () -> parts.work().note(number));
                showState("");
            }
            case ViewOrder.Resumed given -> {
                paused = false;
                work("an order", () -> parts.work().note(number));
                goOn();
            }
            case ViewOrder.RebuildOrdered given -> getContext().pipeToSelf(serial.submit(parts.work()::begin),
                    (begun, cause) -> cause == null
                            ? new Followed(number, begun)
                            : new WorkFailed("a rebuild", Failures.unwrapped(cause)));
            case ViewOrder.RetryOrdered given -> getContext().pipeToSelf(serial.submit(() -> {
                parts.work().retry(number);
                return number;
            }), (done, cause) -> cause == null
                    ? new Followed(number, null)
                    : new WorkFailed("a retry", Failures.unwrapped(cause)));
            case ViewOrder.EventSkipped skip -> getContext().pipeToSelf(serial.submit(() -> {
                parts.work().skipAndRetry(skip, number);
                return number;
            }), (done, cause) -> cause == null
                    ? new Followed(number, null)
                    : new WorkFailed("skipping an event", Failures.unwrapped(cause)));
        }
    }

    @SuppressWarnings("unchecked") // a generation of this view
    private Behavior<Message> onFollowed(Followed message) {
        Generation<K, R> begun = (Generation<K, R>) message.begun();
        if (begun == null) {
            failed = false;
            parts.progress().trouble("");
            goOn();
        } else {
            running.values().stream().filter(stream -> !isServed(stream.generation)).toList().forEach(stream -> {
                stop(stream);
                running.remove(stream.generation.number());
            });
            work("an order", () -> parts.work().note(message.order()));
            take(begun);
        }
        return this;
    }

    private void goOn() {
        showState("");
        if (!paused && !failed) {
            for (Running stream : running.values()) {
                stream.wanted = true;
                if (stream.stream == null) {
                    start(stream);
                }
            }
        }
    }

    private void work(String what, Runnable work) {
        serial.submit(() -> {
            work.run();
            return true;
        }).whenComplete((done, cause) -> {
            if (cause != null) {
                getContext().getSelf().tell(new WorkFailed(what, Failures.unwrapped(cause)));
            }
        });
    }

    private Behavior<Message> onWorkFailed(WorkFailed message) {
        following = false;
        if (stopping == null) {
            parts.progress().trouble(message.what() + " failed: " + Failures.message(message.cause()));
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
        running.values().forEach(this::stop);
        return opened ? end() : this;
    }

    /** Ends when no stream runs any more. */
    private Behavior<Message> end() {
        if (running.values().stream().anyMatch(stream -> stream.stream != null)) {
            return this;
        }
        return Behaviors.stopped();
    }

    /** What waits is closed behind the last piece of work, also where the actor system ends. */
    private Behavior<Message> onPostStop() {
        onOrder.close();
        CompletableFuture<Done> stopped = stopping == null ? new CompletableFuture<>() : stopping.stopped();
        CompletionStage<Done> unused = serial.submit(() -> {
            parts.work().close();
            return Done.getInstance();
        }).whenComplete((done, cause) -> {
            if (cause == null) {
                stopped.complete(done);
            } else {
                stopped.completeExceptionally(cause);
            }
        });
        return this;
    }
}
