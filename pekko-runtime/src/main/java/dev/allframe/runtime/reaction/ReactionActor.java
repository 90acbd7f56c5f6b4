package dev.allframe.runtime.reaction;

import dev.allframe.failure.Failures;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ReactionType;
import dev.allframe.projection.ReactionType.OnFailure;
import dev.allframe.projection.fold.Witness;
import dev.allframe.runtime.projection.ViewOrder;
import dev.allframe.runtime.projection.ViewOrders;
import dev.allframe.runtime.projection.ViewPages;
import dev.allframe.runtime.reaction.EffectWindow.Effect;
import dev.allframe.runtime.reaction.ReactionPositions.Claim;
import dev.allframe.runtime.reaction.ReactionPositions.Parked;
import dev.allframe.runtime.reaction.ReactionPositions.Stands;
import dev.allframe.store.EventPage;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Position;
import dev.allframe.store.RecordedEvent;
import dev.allframe.store.Registration;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import dev.allframe.store.VersionConflictException;
import dev.allframe.streams.PagedSource;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
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
 * Runs one reaction, under a {@link ReactionKeeper}: claims its position, reads on from there, begins effects and
 * stores the position behind which nothing is unfinished. Never waits. A replay is a reaction whose {@link Span} has an
 * end, and which reads nothing until an order begins a run.
 *
 * <p>A position that cannot be stored is tried again, and nothing is read meanwhile that the window has no room for. A
 * position that another owner has changed is given up: when the effects under way have ended, and after a pause in
 * which the cluster may stop this owner, it is claimed again.
 */
final class ReactionActor extends AbstractBehavior<ReactionActor.Message> {

    /** What the actor is told. */
    sealed interface Message extends NoSerializationVerificationNeeded {}

    /** Begins no more effects, stores the position when those under way have ended, and ends. */
    enum Stop implements Message {
        INSTANCE
    }

    /** Answers at once: a sign of life. */
    record Ping(Runnable pong) implements Message {}

    /** What {@link ReactionKeeper} tells itself. */
    non-sealed interface Restart extends Message {}

    private record Claimed(Claim claim, Span span) implements Message {}

    private record ClaimFailed(Throwable cause) implements Message {}

    private record Read(EventPage page, CompletableFuture<Done> taken) implements Message {}

    private record StreamEnded(@Nullable Throwable cause) implements Message {}

    private record EffectEnded(Effect effect, @Nullable Throwable failure) implements Message {}

    private record Due(int claim, Effect effect) implements Message {}

    private record Saved(Saving saving, long revision) implements Message {}

    private record SaveFailed(Throwable cause) implements Message {}

    private record Reread(Optional<Long> revision) implements Message {}

    private record OrdersRead(List<RecordedEvent<ViewOrder>> orders) implements Message {}

    private record OrdersNotRead(Throwable cause) implements Message {}

    private record ParkedRead(int claim, List<StoredEvent> records, Position passed) implements Message {}

    private record ParkedNotRead(Throwable cause) implements Message {}

    private enum Wake implements Message {
        CLAIM, READ, SAVE, ORDERS, PARKED, GO_ON, GIVE_UP
    }

    /** An event that an operator has left out. */
    private record Skip(StreamId stream, long sequenceNr) {

        static Skip of(StoredEvent record) {
            return new Skip(record.stream(), record.sequenceNr());
        }
    }

    /** What is being stored. */
    private record Saving(Stands stands, long passed, long parkings) {}

    /** Without effects to note, a position is stored when it has moved so far: what is read again costs no effect. */
    private static final long STRIDE = 10_000;

    private static final int MAX_PARKED = 1_000;
    private static final int PARKED_PAGE = 100;

    /** An effect that goes on for longer does not keep the reaction from stopping; it is repeated later. */
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);

    /**
     * What a reaction needs from its surroundings.
     *
     * @param refusal why this node must do nothing at the moment; null where it may
     */
    record Parts(RegisteredReaction reaction, EventStoreBackend store, ReactionSettings settings, Clock clock,
            ReactionProgress progress, Supplier<@Nullable String> refusal, Position now) {

        /** The end of the store is asked for here: an event that is stored behind the start is not passed over. */
        Parts(RegisteredReaction reaction, EventStoreBackend store, ReactionSettings settings, Clock clock,
                ReactionProgress progress, Supplier<@Nullable String> refusal) {
            this(reaction, store, settings, clock, progress, refusal,
                    store.lastPosition().toCompletableFuture().join());
        }
    }

    private final Parts parts;
    private final ActorRef<Message> entrance;
    private final ReactionType type;
    private final String title;
    private final ReactionPositions positions;
    private final TimerScheduler<Message> timers;
    private final ViewOrders operator;
    private final Registration onOrder;
    private final Set<Skip> skips = new HashSet<>();
    private final List<Effect> failed = new ArrayList<>();
    private final Pace pace = new Pace();
    private final Deque<StoredEvent> arrived = new ArrayDeque<>();
    private @Nullable Read page;
    private EffectWindow window;
    private Span span;
    private Position arrivedTo = Position.START;
    private Position savedTo = Position.START;
    private long revision;
    private ParkedStreams parked = new ParkedStreams(List.of());
    private long parkingsSaved;
    private long orders;
    private long ordersSaved;
    private long retryOrdered;
    private boolean ordersKnown;
    private boolean ordersAwaited;
    private boolean orderedMeanwhile;
    private boolean paused;
    private boolean cancelled;
    private int claims;
    private int failures;
    private boolean claiming;
    private boolean claimed;
    private boolean lost;
    private Duration lostFor = Duration.ZERO;
    private boolean saving;
    private boolean stopping;
    private boolean streaming;
    private @Nullable UniqueKillSwitch stream;
    private String trouble = "";
    private String failure = "";
    private String unusable = "";
    private @Nullable Witness witness;
    private long eventsBefore;
    private @Nullable String refusal;

    /**
     * Begins to run a reaction.
     *
     * @param entrance the actor over this one, which is told what is for it
     */
    static Behavior<Message> create(Parts parts, ActorRef<Message> entrance) {
        return Behaviors.setup(context -> Behaviors
                .withTimers(timers -> new ReactionActor(context, timers, parts, entrance)));
    }

    private ReactionActor(ActorContext<Message> context, TimerScheduler<Message> timers, Parts parts,
            ActorRef<Message> entrance) {
        super(context);
        this.entrance = entrance;
        this.parts = parts;
        this.type = parts.reaction().type();
        this.title = parts.reaction().title();
        this.timers = timers;
        this.positions = new ReactionPositions(parts.store(), parts.reaction(), parts.now());
        this.window = new EffectWindow(type.parallel(), type.unsaved(), Position.START);
        this.span = Span.nothing(parts.reaction());
        this.operator = new ViewOrders(parts.store());
        this.onOrder = operator.onOrder(type.name(), () -> context.getSelf().tell(Wake.ORDERS));
        claim();
    }

    @Override
    public Receive<Message> createReceive() {
        return newReceiveBuilder().onMessage(Claimed.class, this::onClaimed)
                .onMessage(ClaimFailed.class, this::onClaimFailed)
                .onMessage(Read.class, this::onRead)
                .onMessage(StreamEnded.class, this::onStreamEnded)
                .onMessage(EffectEnded.class, this::onEffectEnded)
                .onMessage(Due.class, this::onDue)
                .onMessage(Saved.class, this::onSaved)
                .onMessage(SaveFailed.class, this::onSaveFailed)
                .onMessage(Reread.class, this::onReread)
                .onMessage(Wake.class, this::onWake)
                .onMessage(OrdersRead.class, this::onOrdersRead)
                .onMessage(OrdersNotRead.class, this::onOrdersNotRead)
                .onMessage(ParkedRead.class, this::onParkedRead)
                .onMessage(ParkedNotRead.class, this::onParkedNotRead)
                .onMessage(Ping.class, this::onPing)
                .onMessage(Stop.class, this::onStop)
                .onSignal(PostStop.class, signal -> onPostStop())
                .build();
    }

    /** Reads the orders first, since one of them may say where to begin. */
    private void claim() {
        claiming = true;
        orderedMeanwhile = false;
        unusable = "";
        getContext().pipeToSelf(
                ordersOfNow().thenCompose(given -> positions.claim(given)
                        .thenApply(claim -> new Claimed(claim, parts.reaction().span(given)))),
                (claimed, cause) -> cause == null ? claimed : new ClaimFailed(Failures.unwrapped(cause)));
        show();
    }

    private CompletableFuture<List<RecordedEvent<ViewOrder>>> ordersOfNow() {
        return CompletableFuture.supplyAsync(() -> operator.behind(type.name(), 0), Thread::startVirtualThread);
    }

    private Behavior<Message> onClaimed(Claimed message) {
        Claim claim = message.claim();
        Stands stands = claim.stands();
        claims++;
        claiming = false;
        claimed = true;
        lost = false;
        failures = 0;
        trouble = "";
        revision = claim.revision();
        savedTo = stands.position();
        arrivedTo = stands.position();
        witness = stands.witness();
        eventsBefore = stands.events();
        span = message.span();
        cancelled = false;
        ordersKnown = false;
        skips.clear();
        parked = new ParkedStreams(stands.parked());
        parkingsSaved = 0;
        orders = stands.orders();
        ordersSaved = orders;
        window = new EffectWindow(type.parallel(), type.unsaved(), stands.position());
        arrived.clear();
        page = null;
        if (!stopping) {
            if (isToBeRead()) {
                read();
            }
            readOrders();
        }
        return goOn();
    }

    private boolean isToBeRead() {
        return !stopping && !lost && !cancelled && !span.isOverAt(arrivedTo);
    }

    private Behavior<Message> onClaimFailed(ClaimFailed message) {
        claiming = false;
        if (message.cause() instanceof UnusablePositionException refused) {
            unusable = Failures.message(refused);
            getContext().getLog().error("{} stands: {}", title, unusable);
            if (orderedMeanwhile && !stopping) {
                claim();
            }
            return goOn();
        }
        interrupted("its position cannot be claimed", message.cause());
        timers.startSingleTimer(Wake.CLAIM, backoff());
        return goOn();
    }

    private Duration backoff() {
        return parts.settings().backoff().after(++failures);
    }

    private void interrupted(String what, Throwable cause) {
        trouble = what + ": " + Failures.message(cause);
        getContext().getLog().warn("{} is interrupted, and goes on by itself: {}", title, what, cause);
    }

    private void wentOn() {
        failures = 0;
        if (!lost) {
            trouble = "";
        }
    }

    private void read() {
        int size = Math.min(parts.settings().pageSize(), type.unsaved());
        Pair<UniqueKillSwitch, CompletionStage<Done>> started = pages(size)
                .viaMat(KillSwitches.single(), Keep.right())
                .mapAsync(1, this::offer)
                .toMat(Sink.ignore(), Keep.both())
                .run(getContext().getSystem());
        stream = started.first();
        streaming = true;
        getContext().pipeToSelf(started.second(),
                (done, cause) -> new StreamEnded(cause == null ? null : Failures.unwrapped(cause)));
    }

    private Source<EventPage, NotUsed> pages(int size) {
        StreamId one = span.stream();
        return one == null
                ? PagedSource
                        .live(() -> new ViewPages(parts.store(), span.filter(),
                                CompletableFuture.completedFuture(arrivedTo), size), parts.store()::onAppend)
                        .map(ViewPages.ReadPage::page)
                : PagedSource.live(() -> new StreamPages(parts.store(), one, arrivedTo, size),
                        parts.store()::onAppend);
    }

    /** Called by the stream: it reads on when the page has found room. */
    private CompletionStage<Done> offer(EventPage read) {
        CompletableFuture<Done> taken = new CompletableFuture<>();
        getContext().getSelf().tell(new Read(read, taken));
        return taken;
    }

    private Behavior<Message> onRead(Read message) {
        if (stopping || lost) {
            message.taken().complete(Done.getInstance());
            return this;
        }
        wentOn();
        EventPage wanted = span.within(message.page());
        page = new Read(wanted, message.taken());
        arrivedTo = wanted.next();
        arrived.addAll(wanted.events());
        if (stream != null && span.isOverAt(arrivedTo)) {
            stream.shutdown();
        }
        return goOn();
    }

    private Behavior<Message> onStreamEnded(StreamEnded message) {
        streaming = false;
        stream = null;
        if (isToBeRead()) {
            if (message.cause() != null) {
                interrupted("events cannot be read", message.cause());
            }
            timers.startSingleTimer(Wake.READ, backoff());
        }
        return goOn();
    }

    private Behavior<Message> onWake(Wake wake) {
        switch (wake) {
            case CLAIM -> {
                if (!stopping) {
                    claim();
                }
            }
            case READ -> {
                if (claimed && !streaming && isToBeRead()) {
                    read();
                }
            }
            case SAVE -> saving = false;
            case ORDERS -> ordered();
            case PARKED -> parked.notRead();
            case GO_ON -> {
            }
            case GIVE_UP -> {
                return Behaviors.stopped();
            }
        }
        return goOn();
    }

    /** Does all that can be done at the moment: takes records, begins effects, stores the position, ends. */
    private Behavior<Message> goOn() {
        if (claimed) {
            take();
            if (mayBegin()) {
                readParked();
                begin();
            }
            save();
        }
        show();
        if (window.underWay() > 0 || saving) {
            return this;
        }
        if (stopping) {
            return Behaviors.stopped();
        }
        if (lost && claimed && !streaming) {
            claimed = false;
            failed.clear();
            timers.startSingleTimer(Wake.CLAIM, lostFor);
        }
        return this;
    }

    private void take() {
        while (!arrived.isEmpty() && window.hasRoom()) {
            StoredEvent record = arrived.remove();
            if (hasEffect(record) && !parked.contains(record.stream())) {
                window.add(record);
            } else {
                parked.passOver(record);
                window.readTo(record.position());
            }
        }
        Read whole = page;
        if (whole != null && arrived.isEmpty()) {
            page = null;
            window.readTo(whole.page().next());
            whole.taken().complete(Done.getInstance());
        }
    }

    private boolean hasEffect(StoredEvent record) {
        return parts.reaction().wants(record) && span.wants(record) && !skips.contains(Skip.of(record));
    }

    private boolean mayBegin() {
        if (stopping || lost || cancelled || !ordersKnown || paused || !failed.isEmpty()) {
            return false;
        }
        refusal = parts.refusal().get();
        if (refusal != null) {
            timers.startSingleTimer(Wake.GO_ON, parts.settings().backoff().max());
        }
        return refusal == null;
    }

    private void begin() {
        Duration wait = pace.toWait(System.nanoTime());
        for (Effect effect = next(wait); effect != null; effect = next(wait)) {
            Effect begun = effect;
            if (!hasEffect(begun.record())) { // left out by an order that came behind the record
                window.finish(begun);
                if (begun.again()) {
                    parked.finish(begun.record());
                }
                continue;
            }
            getContext().pipeToSelf(parts.reaction().react(begun.record()),
                    (done, cause) -> new EffectEnded(begun, cause));
            pace.begun(System.nanoTime());
            wait = pace.toWait(System.nanoTime());
        }
        if (!wait.isZero()) {
            timers.startSingleTimer(Wake.GO_ON, wait);
        }
    }

    private @Nullable Effect next(Duration wait) {
        return wait.isZero() ? window.next() : null;
    }

    private Behavior<Message> onEffectEnded(EffectEnded message) {
        Effect effect = message.effect();
        Throwable failure = message.failure();
        if (failure == null) {
            window.finish(effect);
            if (effect.again()) {
                parked.finish(effect.record());
            }
            return goOn();
        }
        window.suspend();
        String reason = parts.reaction().reason(effect.record(), failure);
        int attempts = effect.failed();
        if (attempts < type.attempts()) {
            getContext().getLog().info("{} tries again: {}", title, reason);
            Due due = new Due(claims, effect);
            timers.startSingleTimer(due, due, type.pauseAfter(attempts));
        } else if (type.onFailure() == OnFailure.PARK
                && (effect.again() || parked.all().size() < MAX_PARKED)) {
            getContext().getLog().error("{} parks a stream: {}", title, reason, failure);
            parked.park(effect.record(), parts.clock().instant(), reason);
            window.drop(effect.record().stream());
        } else {
            getContext().getLog().error("{} stands: {}", title, reason, failure);
            failed.add(effect);
            this.failure = reason;
        }
        return goOn();
    }

    private Behavior<Message> onDue(Due message) {
        if (message.claim() == claims && claimed) {
            resume(message.effect());
        }
        return goOn();
    }

    private void resume(Effect effect) {
        if (hasEffect(effect.record())) {
            window.resume(effect);
            return;
        }
        window.leaveOut(effect);
        if (effect.again()) {
            parked.finish(effect.record());
        }
    }

    /** Reads all orders, once at a time: there are few, and what they say together is what counts. */
    private void readOrders() {
        orderedMeanwhile = ordersAwaited;
        if (ordersAwaited) {
            return;
        }
        ordersAwaited = true;
        getContext().pipeToSelf(ordersOfNow(),
                (all, cause) -> cause == null ? new OrdersRead(all) : new OrdersNotRead(Failures.unwrapped(cause)));
    }

    private void ordered() {
        if (claiming) {
            orderedMeanwhile = true;
        } else if (!unusable.isEmpty()) {
            if (!stopping) {
                claim();
            }
        } else {
            readOrders();
        }
    }

    private Behavior<Message> onOrdersRead(OrdersRead message) {
        ordersAwaited = false;
        if (!claimed || lost) {
            return goOn();
        }
        boolean restart = message.orders()
                .stream()
                .anyMatch(order -> order.sequenceNr() > orders && isToBegin(order.event()));
        if (restart) {
            getContext().getLog().info("{} begins, as was ordered", title);
            giveUp("it begins, as was ordered", parts.settings().backoff().min());
            return goOn();
        }
        if (orderedMeanwhile) {
            readOrders();
        } else {
            ordersKnown = true;
        }
        paused = false;
        int rate = 0;
        long firstRetry = 0;
        for (RecordedEvent<ViewOrder> order : message.orders()) {
            boolean isNew = order.sequenceNr() > orders;
            if (isNew) {
                getContext().getLog().info("{}: {}", title, order.event());
                orders = order.sequenceNr();
            }
            if (!span.heeds(order.sequenceNr())) {
                continue;
            }
            switch (order.event()) {
                case ViewOrder.Paused given -> paused = true;
                case ViewOrder.Resumed given -> {
                    paused = false;
                    if (parts.reaction().isReplay()) {
                        firstRetry = firstOf(firstRetry, order, isNew);
                    }
                }
                case ViewOrder.RetryOrdered given -> firstRetry = firstOf(firstRetry, order, isNew);
                case ViewOrder.EventSkipped given -> {
                    if (given.namesEvent()) {
                        skips.add(new Skip(new StreamId(given.stream()), given.sequenceNr()));
                    }
                    firstRetry = firstOf(firstRetry, order, isNew);
                }
                case ViewOrder.RebuildOrdered ofViews -> {
                }
                case ViewOrder.RestartOrdered followed -> {
                }
                case ViewOrder.Retired given -> {
                }
                case ViewOrder.OfVersions ofViews -> {
                }
                case ViewOrder.ReplayStarted begun -> rate = begun.eventsPerSecond();
                case ViewOrder.ReplayRateSet set -> rate = set.eventsPerSecond();
                case ViewOrder.ReplayCancelled given -> cancel();
            }
        }
        pace.set(rate, System.nanoTime());
        if (firstRetry > 0) {
            if (!parked.retrying()) {
                retryOrdered = firstRetry;
            }
            List<Effect> again = List.copyOf(failed);
            failed.clear();
            again.forEach(this::resume);
            parked.retryAll();
        }
        return goOn();
    }

    private boolean isToBegin(ViewOrder order) {
        return parts.reaction().isReplay()
                ? order instanceof ViewOrder.ReplayStarted
                : order instanceof ViewOrder.RestartOrdered;
    }

    /** Reads no more and begins nothing; what is under way ends, and is stored to have ended. */
    private void cancel() {
        if (!cancelled) {
            cancelled = true;
            failed.clear();
            endStream();
        }
    }

    private static long firstOf(long firstRetry, RecordedEvent<ViewOrder> order, boolean isNew) {
        return isNew && firstRetry == 0 ? order.sequenceNr() : firstRetry;
    }

    /** The last order that needs no following by the next owner: a retry does until no stream is left of it. */
    private long ordersFollowed() {
        return parked.retrying() ? Math.min(orders, retryOrdered - 1) : orders;
    }

    private Behavior<Message> onOrdersNotRead(OrdersNotRead message) {
        ordersAwaited = false;
        interrupted("its orders cannot be read", message.cause());
        timers.startSingleTimer(Wake.ORDERS, backoff());
        return goOn();
    }

    private void readParked() {
        Parked next = parked.nextToRead();
        if (next != null) {
            int claim = claims;
            Position passed = window.read();
            getContext().pipeToSelf(
                    parts.store()
                            .getEvents(new StreamId(next.stream()), next.firstSequenceNr(), Long.MAX_VALUE,
                                    Math.min(PARKED_PAGE, type.unsaved())),
                    (records, cause) -> cause == null
                            ? new ParkedRead(claim, records, passed)
                            : new ParkedNotRead(Failures.unwrapped(cause)));
        }
    }

    private Behavior<Message> onParkedRead(ParkedRead message) {
        if (message.claim() == claims && claimed) {
            List<StoredEvent> passed = message.records()
                    .stream()
                    .filter(record -> record.position().compareTo(message.passed()) <= 0)
                    .toList();
            List<StoredEvent> wanted = passed.stream().filter(this::hasEffect).toList();
            parked.read(passed, wanted.size());
            wanted.forEach(window::addAgain);
        }
        return goOn();
    }

    private Behavior<Message> onParkedNotRead(ParkedNotRead message) {
        interrupted("events of a parked stream cannot be read", message.cause());
        timers.startSingleTimer(Wake.PARKED, backoff());
        return this;
    }

    private void save() {
        Position position = window.finished();
        boolean due = window.hasUnsaved() || parked.changes() > parkingsSaved
                || ordersFollowed() > ordersSaved
                || position.index() - savedTo.index() >= STRIDE
                || (span.isOverAt(position) && !span.isOverAt(savedTo));
        if (saving || lost || !due) {
            return;
        }
        saving = true;
        StoredEvent last = window.lastFinished();
        Stands stands = new Stands(position, ordersFollowed(), List.copyOf(parked.all()),
                last == null ? witness : Witness.of(last), eventsBefore + window.passed());
        Saving now = new Saving(stands, window.passed(), parked.changes());
        getContext().pipeToSelf(positions.save(revision, stands),
                (made, cause) -> cause == null ? new Saved(now, made) : new SaveFailed(Failures.unwrapped(cause)));
    }

    private Behavior<Message> onSaved(Saved message) {
        saving = false;
        wentOn();
        revision = message.revision();
        savedTo = message.saving().stands().position();
        parkingsSaved = message.saving().parkings();
        ordersSaved = message.saving().stands().orders();
        window.saved(message.saving().passed());
        return goOn();
    }

    private Behavior<Message> onSaveFailed(SaveFailed message) {
        if (message.cause() instanceof VersionConflictException) {
            getContext().pipeToSelf(positions.ownRevision(), (found, cause) -> cause == null
                    ? new Reread(found)
                    : new SaveFailed(Failures.unwrapped(cause)));
            return this;
        }
        interrupted("its position cannot be stored", message.cause());
        if (stopping) {
            return Behaviors.stopped();
        }
        timers.startSingleTimer(Wake.SAVE, backoff());
        return this;
    }

    private Behavior<Message> onReread(Reread message) {
        saving = false;
        if (message.revision().isPresent()) {
            revision = message.revision().get(); // of a change that was thought to have failed
            return goOn();
        }
        String why = "another owner has stored a position: it is claimed again after a pause";
        getContext().getLog().warn("{}: {}", title, why);
        giveUp(why, parts.settings().backoff().max());
        return goOn();
    }

    /** Begins no more effects, and claims the position again when those under way have ended. */
    private void giveUp(String why, Duration pause) {
        lost = true;
        lostFor = pause;
        trouble = why;
        endStream();
    }

    private void endStream() {
        arrived.clear();
        Read left = page;
        page = null;
        if (left != null) {
            left.taken().complete(Done.getInstance());
        }
        if (stream != null) {
            stream.shutdown();
        }
    }

    private void show() {
        ProjectionState state;
        if (!unusable.isEmpty()) {
            state = ProjectionState.FAILED;
        } else if (paused) {
            state = ProjectionState.PAUSED;
        } else if (!failed.isEmpty()) {
            state = ProjectionState.FAILED;
        } else if (!claimed || lost) {
            state = ProjectionState.BUILDING;
        } else {
            state = parked.all().isEmpty() ? ProjectionState.LIVE : ProjectionState.PARKED;
        }
        String refused = refusal;
        String why = !unusable.isEmpty() ? unusable : !failed.isEmpty() ? failure : refused != null ? refused : trouble;
        parts.progress()
                .set(new ReactionProgress.Now(entrance, state, savedTo, List.copyOf(parked.all()), why));
    }

    private Behavior<Message> onPing(Ping message) {
        message.pong().run();
        return this;
    }

    private Behavior<Message> onStop(Stop message) {
        stopping = true;
        endStream();
        timers.startSingleTimer(Wake.GIVE_UP, STOP_PATIENCE);
        return goOn();
    }

    private Behavior<Message> onPostStop() {
        onOrder.close();
        endStream();
        return this;
    }
}
