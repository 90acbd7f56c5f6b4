package dev.allframe.runtime.projection;

import dev.allframe.failure.Failures;
import dev.allframe.projection.AsOf;
import dev.allframe.projection.Folding;
import dev.allframe.projection.PastView;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionRegistry;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.ProjectionType.Replaced;
import dev.allframe.projection.ReactionType;
import dev.allframe.projection.ReplacementRefusedException;
import dev.allframe.projection.ReplacementRefusedException.Reason;
import dev.allframe.projection.RowForms;
import dev.allframe.projection.Version;
import dev.allframe.projection.View;
import dev.allframe.projection.ViewComparison;
import dev.allframe.projection.fold.Origin;
import dev.allframe.runtime.storage.ConfigurationException;
import dev.allframe.runtime.storage.StoragePlugins;
import dev.allframe.store.DeletedEventsException;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.StreamId;
import dev.allframe.store.view.ViewStore;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.jspecify.annotations.Nullable;

/** The views of one AllFrame on this node, by their names. Thread-safe. */
public final class Views implements ProjectionRegistry {

    /** Actor names are unique in an actor system, which may have several AllFrames. */
    private static final AtomicLong STARTED = new AtomicLong();

    /**
     * A view by its name.
     *
     * @param current its version; of two, the new one
     * @param versions its two versions; null where there is one
     * @param readers who ask the view
     */
    private record Kept<K, R>(KeptVersion<K, R> current, @Nullable TwoVersions<K, ?, R> versions,
            ServedView<K, R> readers) {

        KeptVersion<K, ?> answering() {
            return versions == null ? current : versions.answering();
        }

        Stream<KeptVersion<K, ?>> all() {
            return versions == null ? Stream.of(current) : Stream.of(versions.old(), current);
        }

        ProjectionMetadata metadata() {
            return versions == null ? current.metadata("", null) : versions.metadata();
        }
    }

    /** What views need from their surroundings. */
    private record Surroundings(ActorSystem<?> system, ViewStore files, Executor executor, ProjectionSettings settings,
            EventStoreBackend events, Refusals refusals) {}

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
            Surroundings around = new Surroundings(system, files, executor, settings, store, refusals);
            registered.forEach(view -> views.keep(around, view));
        }
        views.unregistered = new UnregisteredViews(storage.views(), new ViewOrders(store), views.kept.keySet(),
                executor, settings, (pause, work) -> system.scheduler()
                        .scheduleOnce(pause, work, system.executionContext()));
        return views;
    }

    private <K, R> void keep(Surroundings around, RegisteredView<K, R> view) {
        String name = view.type().name();
        ServedView<K, R> users = new ServedView<>(view, around.events);
        kept.put(name, view.type()
                .replaced()
                .<Kept<K, R>>map(old -> both(around, view, old, users))
                .orElseGet(() -> new Kept<>(keep(around, view, users, around.files, Beside.NOTHING), null, users)));
    }

    private <K, O, R> Kept<K, R> both(Surroundings around, RegisteredView<K, R> view, Replaced<K, O, R> replaced,
            ServedView<K, R> users) {
        RegisteredView<K, O> oldView = RegisteredView.of(replaced.type());
        VersionFiles files = new VersionFiles(around.files, view.type().name(), origin(around, oldView),
                origin(around, view), clock, around.settings.keepOld());
        ServedView<K, O> old = new ServedView<>(oldView, around.events);
        ServedView<K, R> current = new ServedView<>(view, around.events);
        Versions<K, O, R> versions = new Versions<>(users, old, current, replaced, files);
        KeptVersion<K, O> keptOld = keep(around, oldView, old, files.of(oldView.type().version().number()),
                versions.besideOld());
        KeptVersion<K, R> keptNew = keep(around, view, current, files.of(view.type().version().number()),
                versions.besideCurrent());
        return new Kept<>(keptNew, new TwoVersions<>(keptOld, keptNew, replaced, versions, around.events), users);
    }

    private static <K, R> Origin origin(Surroundings around, RegisteredView<K, R> view) {
        return Origin.of(around.events.storeId(), view.type(), view.rows());
    }

    private <K, R> KeptVersion<K, R> keep(Surroundings around, RegisteredView<K, R> view, ServedView<K, R> users,
            ViewStore files, Beside beside) {
        Progress progress = new Progress(clock);
        ViewOrders given = new ViewOrders(around.events);
        Serial serial = new Serial(around.executor);
        Generations<K, R> generations = new Generations<>(view, files, around.events, clock,
                around.settings.keepOld());
        ViewWork<K, R> work = new ViewWork<>(view, users, generations, around.events, given, beside);
        ActorRef<ViewActor.Message> actor = around.system.systemActorOf(
                ViewKeeper.create(new ViewActor.Parts<>(view, users, work, around.events, given, serial,
                        around.executor, turns, around.settings, progress, around.refusals)),
                "allframe-view-" + view.type().name() + "-" + STARTED.incrementAndGet(), Props.empty());
        return new KeptVersion<>(view, users, generations, work, serial, actor, progress);
    }

    /**
     * A view by its type. Of two versions, the type of the new one gives what the version answers that is to, and that
     * of the old one gives the old rows.
     *
     * @throws IllegalArgumentException if it is not kept here
     */
    @SuppressWarnings("unchecked") // the same type value has the same keys and rows
    public <K, R> View<K, R> view(ProjectionType<K, R> type) {
        Kept<?, ?> found = kept.get(type.name());
        if (found != null && found.current.view().type() == type) {
            return (View<K, R>) found.readers;
        }
        if (found != null && found.versions != null && found.versions.old().view().type() == type) {
            return (View<K, R>) found.versions.old().users();
        }
        throw new IllegalArgumentException("view '" + type.name() + "' was not given to the builder of this"
                + " AllFrame: add .projection(…)");
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
        KeptVersion<?, ?> view = named(name).answering();
        return CompletableFuture.supplyAsync(() -> verified(view, mostDifferences, progress),
                Thread::startVirtualThread);
    }

    private <K, R> ViewComparison verified(KeptVersion<K, R> version, int most, Consumer<Folding> progress) {
        PastViews folding = Objects.requireNonNull(past).get();
        return version.users()
                .ofTables(served -> folding.verified(version.view(), served, given().skips(version.name()), most,
                        progress, () -> closed));
    }

    @Override
    public CompletionStage<ViewComparison> compare(String name, int mostDifferences, Consumer<Folding> progress) {
        return compared(two(name), null, mostDifferences, progress);
    }

    @Override
    public CompletionStage<ViewComparison> compare(RowForms<?, ?, ?> forms, int mostDifferences,
            Consumer<Folding> progress) {
        return compared(two(forms.current().name()), forms, mostDifferences, progress);
    }

    private CompletionStage<ViewComparison> compared(TwoVersions<?, ?, ?> two, @Nullable RowForms<?, ?, ?> forms,
            int mostDifferences, Consumer<Folding> progress) {
        if (mostDifferences < 0) {
            throw new IllegalArgumentException("differences are named: 0 or more, not " + mostDifferences);
        }
        two.mustBeOf(forms);
        return CompletableFuture.supplyAsync(() -> two.compare(forms, mostDifferences, progress, () -> closed),
                Thread::startVirtualThread);
    }

    @Override
    public CompletionStage<Void> switchTo(String name, Version version, Duration patience, Order order) {
        TwoVersions<?, ?, ?> two = two(name);
        two.mustHave(version.number());
        return CompletableFuture
                .runAsync(() -> two.mustBeAbleToAnswer(version.number(), patience), Thread::startVirtualThread)
                .thenCompose(may -> given().give(name,
                        new ViewOrder.AnswererOrdered(version.number(), order.by(), order.reason())));
    }

    @Override
    public CompletionStage<Void> finish(String name, Order order) {
        TwoVersions<?, ?, ?> two = two(name);
        return CompletableFuture.runAsync(two::mustBeSwitched, Thread::startVirtualThread)
                .thenCompose(may -> given().give(name,
                        new ViewOrder.ReplacementFinished(two.newVersion(), order.by(), order.reason())));
    }

    private TwoVersions<?, ?, ?> two(String name) {
        TwoVersions<?, ?, ?> two = named(name).versions;
        if (two == null) {
            throw new ReplacementRefusedException(name, Reason.NOT_REPLACING, "it replaces no other version: add"
                    + " .replacing(…) to its definition");
        }
        return two;
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
        kept.values().forEach(view -> all.add(view.metadata()));
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
        return files == null ? named(name).metadata() : files;
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
            long deleted = DeletedEvents.count(events, last.index());
            if (deleted > 0 && !order.acceptsDeletedEvents()) {
                throw new DeletedEventsException(deleted + " records of the store were deleted, so that " + what
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
        Set<String> aggregates = named(name).all()
                .flatMap(version -> version.view().type().sources().stream())
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
     * Why a view is not up, by the names of views; empty text where it is. The version of a view that does not answer
     * has a part of its own, and is up while it is built.
     */
    public Map<String, String> troubles() {
        Map<String, String> troubles = new TreeMap<>();
        long now = clock.millis();
        kept.forEach((name, view) -> {
            TwoVersions<?, ?, ?> two = view.versions;
            troubles.put(name, KeptVersion.joined(view.answering().trouble(now), two == null ? "" : two.awaited()));
            if (two != null) {
                troubles.put(name + " version " + two.other().version(), two.other().isBeingBuilt()
                        ? ""
                        : two.other().trouble(now));
            }
        });
        return troubles;
    }

    /** Stops all views, durably. */
    public CompletionStage<Done> stop() {
        closed = true;
        List<CompletableFuture<Done>> stopping = new ArrayList<>();
        UnregisteredViews others = unregistered;
        if (others != null) {
            stopping.add(others.stop().toCompletableFuture());
        }
        kept.values().forEach(view -> view.all().forEach(version -> stopping.add(version.stop())));
        return CompletableFuture.allOf(stopping.toArray(CompletableFuture<?>[]::new))
                .handle((done, failed) -> {
                    if (failed != null) {
                        throw new IllegalStateException("a view did not close: " + Failures.message(failed), failed);
                    }
                    return Done.getInstance();
                });
    }
}
