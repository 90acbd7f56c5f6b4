package dev.allframe.runtime.projection;

import dev.allframe.failure.Failures;
import dev.allframe.projection.AsOf;
import dev.allframe.projection.Folding;
import dev.allframe.projection.PastView;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionMetadata.StoredGeneration;
import dev.allframe.projection.ProjectionRegistry;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.ReactionType;
import dev.allframe.projection.View;
import dev.allframe.projection.ViewComparison;
import dev.allframe.projection.fold.FoldState;
import dev.allframe.projection.fold.Parked;
import dev.allframe.runtime.storage.ConfigurationException;
import dev.allframe.runtime.storage.StoragePlugins;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import dev.allframe.store.view.ViewStore;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.pekko.Done;
import org.apache.pekko.actor.InternalActorRef;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.jspecify.annotations.Nullable;

/** The views of one AllFrame on this node, by their names. Thread-safe. */
public final class Views implements ProjectionRegistry {

    private static final int PARKED_SHOWN = 100;
    private static final long LAG_PATIENCE_MILLIS = 1_000;

    /** Actor names are unique in an actor system, which may have several AllFrames. */
    private static final AtomicLong STARTED = new AtomicLong();

    /** A view with what keeps it. */
    private record Kept<K, R>(RegisteredView<K, R> view, ServedView<K, R> users, Generations<K, R> generations,
            ActorRef<ViewActor.Message> actor, Progress progress, AtomicLong unansweredSince, Stall stall) {}

    private final Map<String, Kept<?, ?>> kept = new TreeMap<>();
    private final Clock clock;
    private final @Nullable ViewOrders orders;
    private final @Nullable EventStoreBackend store;
    private final BuildTurns turns = new BuildTurns();
    private @Nullable UnregisteredViews unregistered;
    private @Nullable Supplier<PastViews> past;
    private volatile boolean closed;

    private Views(Clock clock, @Nullable EventStoreBackend store) {
        this.clock = clock;
        this.store = store;
        this.orders = store == null ? null : new ViewOrders(store);
    }

    /**
     * Begins to keep views, which are built while others go on.
     *
     * @param refusals say whether events may be applied on this node; views stand where they may not
     * @throws ConfigurationException if the storage gives no access to its events, or the configuration is wrong
     */
    public static Views start(ActorSystem<?> system, StoragePlugins storage, Refusals refusals, Clock clock,
            List<RegisteredView<?, ?>> registered) {
        EventStoreBackend store = storage.backend();
        Views views = new Views(clock, store);
        if (store == null) {
            if (registered.isEmpty()) {
                return views;
            }
            throw new ConfigurationException("views need a storage whose events can be read in one order, and \""
                    + storage.name() + "\" is a Pekko journal without: use allframe.storage = memory or allsource, or"
                    + " feed your read models from that journal's own read side");
        }
        ProjectionSettings settings = ProjectionSettings.of(system.settings().config());
        Executor executor = system.dispatchers().lookup(DispatcherSelector.fromConfig(ProjectionSettings.DISPATCHER));
        views.past = () -> new PastViews(store, storage.views().get(), clock);
        if (!registered.isEmpty()) {
            ViewStore files = storage.views().get();
            Refold.dropLeft(files);
            registered.forEach(view -> views.keep(system, files, executor, settings, store, refusals, view));
        }
        views.unregistered = new UnregisteredViews(storage.views(), new ViewOrders(store), views.kept.keySet(),
                executor, settings, (pause, work) -> system.scheduler()
                        .scheduleOnce(pause, work, system.executionContext()));
        return views;
    }

    private <K, R> void keep(ActorSystem<?> system, ViewStore files, Executor executor, ProjectionSettings settings,
            EventStoreBackend events, Refusals refusals, RegisteredView<K, R> view) {
        ServedView<K, R> users = new ServedView<>(view, events);
        Progress progress = new Progress(clock);
        ViewOrders given = new ViewOrders(events);
        Generations<K, R> generations = new Generations<>(view, files, events, clock, settings.keepOld());
        ViewWork<K, R> work = new ViewWork<>(view, users, generations, events, given);
        String name = view.type().name();
        ActorRef<ViewActor.Message> actor = system.systemActorOf(
                ViewKeeper
                        .create(new ViewActor.Parts<>(view, users, work, events, given, new Serial(executor), executor,
                                turns, settings, progress, refusals)),
                "allframe-view-" + name + "-" + STARTED.incrementAndGet(), Props.empty());
        kept.put(name, new Kept<>(view, users, generations, actor, progress, new AtomicLong(), new Stall()));
    }

    /**
     * A view by its type.
     *
     * @throws IllegalArgumentException if it is not kept here
     */
    @SuppressWarnings("unchecked") // the same type value has the same keys and rows
    public <K, R> View<K, R> view(ProjectionType<K, R> type) {
        Kept<?, ?> found = kept.get(type.name());
        if (found == null || found.view.type() != type) {
            throw new IllegalArgumentException("view '" + type.name() + "' was not given to the builder of this"
                    + " AllFrame: add .projection(…)");
        }
        return (View<K, R>) found.users;
    }

    /**
     * A view by its type, as queries read it.
     *
     * @throws IllegalArgumentException if it is not kept here
     */
    public QueriedView<?, ?> queried(ProjectionType<?, ?> type) {
        return (QueriedView<?, ?>) view(type);
    }

    /**
     * A view as it was, or as it would be, folded on a virtual thread. The view need not be kept here.
     *
     * @throws dev.allframe.codec.InvalidDomainException if it is not fine
     */
    public <K, R> CompletionStage<PastView<K, R>> asOf(ProjectionType<K, R> type, AsOf asOf,
            Consumer<Folding> progress) {
        Supplier<PastViews> folding = past;
        if (folding == null) {
            throw new ConfigurationException("views of the past need a storage whose events can be read in one order:"
                    + " use allframe.storage = memory or allsource");
        }
        return CompletableFuture.supplyAsync(
                () -> folding.get().fold(type, asOf, given().skips(type.name()), progress, () -> closed),
                Thread::startVirtualThread);
    }

    @Override
    public CompletionStage<ViewComparison> verify(String name, int mostDifferences, Consumer<Folding> progress) {
        if (mostDifferences < 0) {
            throw new IllegalArgumentException("differences are named: 0 or more, not " + mostDifferences);
        }
        Kept<?, ?> view = named(name);
        return CompletableFuture.supplyAsync(() -> verified(view, mostDifferences, progress),
                Thread::startVirtualThread);
    }

    private <K, R> ViewComparison verified(Kept<K, R> kept, int most, Consumer<Folding> progress) {
        PastViews folding = Objects.requireNonNull(past).get();
        return kept.users.ofTables(served -> folding.verified(kept.view, served, given().skips(kept.view.type().name()),
                most, progress, () -> closed));
    }

    private Kept<?, ?> named(String name) {
        Kept<?, ?> found = kept.get(name);
        if (found == null) {
            throw unknown(name);
        }
        return found;
    }

    private IllegalArgumentException unknown(String name) {
        UnregisteredViews others = unregistered;
        Set<String> files = others == null ? Set.of() : others.names();
        return new IllegalArgumentException(files.contains(name)
                ? "view '" + name + "' was not given to the builder of this AllFrame: its files can be retired, and"
                        + " nothing else"
                : "there is no view '" + name + "'; there are " + kept.keySet());
    }

    @Override
    public List<ProjectionMetadata> describe() {
        List<ProjectionMetadata> all = new ArrayList<>();
        kept.values().forEach(view -> all.add(metadata(view)));
        UnregisteredViews others = unregistered;
        if (others != null) {
            all.addAll(others.describe());
        }
        return all.stream().sorted(Comparator.comparing(ProjectionMetadata::name)).toList();
    }

    @Override
    public ProjectionMetadata describe(String name) {
        UnregisteredViews others = unregistered;
        ProjectionMetadata files = others == null || kept.containsKey(name) ? null : others.describe(name);
        return files == null ? metadata(named(name)) : files;
    }

    private static ProjectionMetadata metadata(Kept<?, ?> view) {
        Published served = view.users.published();
        FoldState state = served == null ? FoldState.EMPTY : served.state();
        List<Parked> waiting = (served == null ? List.<Parked>of() : served.parked().values()).stream()
                .sorted(Comparator.comparing(Parked::since).thenComparing(Parked::stream))
                .toList();
        Position builtTo = view.progress.builtTo();
        long building = view.progress.building();
        long generation = served == null ? 0 : served.tables().generation();
        String known = view.progress.trouble();
        String trouble = known.isEmpty() && view.users.isClosed() ? "it is closed" : known;
        boolean retired = view.users.state() == ProjectionState.RETIRED;
        return new ProjectionMetadata(view.view.type().name(), view.view.type().version().number(),
                view.users.state(), state.position(), retired ? 0 : lag(view.users), view.progress.behindSince(),
                state.rows(), state.digest().toString(), view.progress.eventsPerSecond(), generation, building, builtTo,
                waiting.size(), trouble, waiting.stream()
                        .limit(PARKED_SHOWN)
                        .map(stream -> new ProjectionMetadata.ParkedStream(stream.stream().value(),
                                stream.firstSequenceNr(), stream.since(), stream.reason()))
                        .toList(),
                generations(view, generation, building));
    }

    private static List<StoredGeneration> generations(Kept<?, ?> view, long served, long building) {
        int version = view.view.type().version().number();
        List<StoredGeneration> all = new ArrayList<>();
        view.generations.kept()
                .all()
                .forEach(each -> all.add(new StoredGeneration(each.number(), StoredGeneration.Use.KEPT, each.version(),
                        each.until())));
        if (served != 0) {
            all.add(new StoredGeneration(served, StoredGeneration.Use.SERVED, version, null));
        }
        if (building != 0) {
            all.add(new StoredGeneration(building, view.progress.isWaiting()
                    ? StoredGeneration.Use.WAITING
                    : StoredGeneration.Use.BUILDING, version, null));
        }
        return all.stream().sorted(Comparator.comparingLong(StoredGeneration::number)).toList();
    }

    /** Asks the store for its end, and not the view: one that stands does not look as if it were up to date. */
    private static long lag(ServedView<?, ?> view) {
        try {
            return view.lag().toCompletableFuture().copy().orTimeout(LAG_PATIENCE_MILLIS, TimeUnit.MILLISECONDS).join();
        } catch (CompletionException closed) {
            return -1;
        }
    }

    @Override
    public CompletionStage<Void> pause(String name, Order order) {
        return give(name, new ViewOrder.Paused(order.by(), order.reason()));
    }

    @Override
    public CompletionStage<Void> resume(String name, Order order) {
        return give(name, new ViewOrder.Resumed(order.by(), order.reason()));
    }

    @Override
    public CompletionStage<Void> rebuild(String name, Order order) {
        named(name);
        return mayLackDeleted("view '" + name + "'", order).thenCompose(may -> giveRebuild(name, order));
    }

    @Override
    public CompletionStage<Void> rebuildAll(Order order) {
        return mayLackDeleted("views", order).thenComposeAsync(may -> {
            ViewOrders all = given();
            CompletableFuture<?>[] rebuilt = kept.keySet()
                    .stream()
                    .filter(name -> all.standing(name).retired() == null)
                    .map(name -> giveRebuild(name, order).toCompletableFuture())
                    .toArray(CompletableFuture<?>[]::new);
            return CompletableFuture.allOf(rebuilt);
        }, Thread::startVirtualThread);
    }

    /** Fails where events were deleted and the order does not accept that. */
    private CompletionStage<Void> mayLackDeleted(String what, Order order) {
        EventStoreBackend events = store;
        if (events == null) {
            throw new IllegalStateException("there is no store");
        }
        return events.lastPosition().thenAccept(last -> {
            long deleted = last.index() - events.stats().events();
            if (deleted > 0 && !order.acceptsDeletedEvents()) {
                throw new IllegalStateException(deleted + " records of the store were deleted, so that " + what
                        + " may lack what they had made when built anew; say that you accept that");
            }
        });
    }

    private CompletionStage<Void> giveRebuild(String name, Order order) {
        return given().give(name,
                new ViewOrder.RebuildOrdered(order.by(), order.reason(), order.acceptsDeletedEvents()));
    }

    @Override
    public CompletionStage<Void> retire(String name, Order order) {
        UnregisteredViews others = unregistered;
        if (!kept.containsKey(name) && (others == null || others.describe(name) == null)) {
            throw unknown(name);
        }
        return given().give(name, new ViewOrder.Retired(order.by(), order.reason()));
    }

    @Override
    public CompletionStage<Void> retry(String name, Order order) {
        return give(name, new ViewOrder.RetryOrdered(order.by(), order.reason()));
    }

    @Override
    public CompletionStage<Void> restart(String name, ReactionType.Begin begin, Order order) {
        named(name);
        throw new IllegalArgumentException("'" + name + "' is a view: it has no effects to begin with, and is rebuilt");
    }

    @Override
    public CompletionStage<Void> skip(String name, StreamId stream, long sequenceNr, Order order) {
        Set<String> aggregates = named(name).view.type()
                .sources()
                .stream()
                .map(source -> source.aggregate().name())
                .collect(Collectors.toSet());
        return given().skip(name, aggregates, stream, sequenceNr, order);
    }

    private CompletionStage<Void> give(String name, ViewOrder order) {
        named(name);
        return given().give(name, order);
    }

    private ViewOrders given() {
        ViewOrders all = orders;
        if (all == null) {
            throw new IllegalStateException("there is no store");
        }
        return all;
    }

    /**
     * Why a view is not up; empty text where it is. Each question asks the view's actor for a sign of life, looks
     * whether the one before was answered, and compares the view with the end of the store.
     */
    public Map<String, String> troubles() {
        Map<String, String> troubles = new TreeMap<>();
        kept.forEach((name, view) -> troubles.put(name, trouble(view)));
        return troubles;
    }

    private String trouble(Kept<?, ?> view) {
        if (((InternalActorRef) Adapter.toClassic(view.actor)).isTerminated()) {
            return "what keeps it has stopped";
        }
        long now = clock.millis();
        boolean first = view.unansweredSince.compareAndSet(0, now);
        long since = view.unansweredSince.get();
        view.actor.tell(new ViewActor.Ping(() -> view.unansweredSince.set(0))); // one may be lost with a failed actor
        if (!first && since != 0 && now - since > TimeUnit.SECONDS.toMillis(10)) {
            return "what keeps it has not answered for " + (now - since) / 1000 + " s";
        }
        ProjectionState state = view.users.state();
        String trouble = view.progress.trouble();
        if (state == ProjectionState.LIVE) {
            String stall = view.stall.look(view.users, now);
            return trouble.isEmpty() ? stall : trouble;
        }
        view.stall.forget();
        return state == ProjectionState.RETIRED
                ? ""
                : "it is " + state + (trouble.isEmpty() ? "" : ": " + trouble);
    }

    /** Stops all views, durably. */
    public CompletionStage<Done> stop() {
        closed = true;
        List<CompletableFuture<Done>> stopping = new ArrayList<>();
        UnregisteredViews others = unregistered;
        if (others != null) {
            stopping.add(others.stop().toCompletableFuture());
        }
        kept.values().forEach(view -> {
            CompletableFuture<Done> stopped = new CompletableFuture<>();
            stopping.add(stopped);
            if (((InternalActorRef) Adapter.toClassic(view.actor)).isTerminated()) {
                stopped.complete(Done.getInstance());
            } else {
                view.actor.tell(new ViewActor.Stop(stopped));
            }
        });
        return CompletableFuture.allOf(stopping.toArray(CompletableFuture<?>[]::new))
                .handle((done, failed) -> {
                    if (failed != null) {
                        throw new IllegalStateException("a view did not close: " + Failures.message(failed), failed);
                    }
                    return Done.getInstance();
                });
    }
}
