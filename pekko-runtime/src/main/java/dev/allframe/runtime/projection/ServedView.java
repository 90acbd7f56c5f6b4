package dev.allframe.runtime.projection;

import dev.allframe.projection.Index;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.QueryOption;
import dev.allframe.projection.Range;
import dev.allframe.projection.RangeIndex;
import dev.allframe.projection.Rows;
import dev.allframe.projection.View;
import dev.allframe.projection.ViewAnswer;
import dev.allframe.projection.ViewNotReadyException;
import dev.allframe.projection.ViewReader;
import dev.allframe.projection.Watched;
import dev.allframe.projection.fold.RowChange;
import dev.allframe.projection.fold.StoredRows;
import dev.allframe.projection.fold.ViewFold;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Position;
import dev.allframe.store.StoreClosedException;
import dev.allframe.store.StreamId;
import dev.allframe.store.view.ViewReads;
import dev.allframe.store.view.ViewSnapshot;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A view as users ask it. What is served is one volatile value ({@link Published}), set behind the write of each page:
 * who finds a position there finds its rows. Thread-safe.
 */
final class ServedView<K, R> implements View<K, R>, QueriedView<K, R> {

    private static final StreamId NO_STREAM = StreamId.of("allframe-projection", "none");
    private static final long MAX_SECONDS = Duration.ofDays(365).toSeconds();
    private static final long LAG_PATIENCE_MILLIS = 1_000;
    private static final long UNKNOWN_LAG = -1;

    private final RegisteredView<K, R> view;
    private final EventStoreBackend store;
    private final Tokens tokens;
    private final Waiters waiters = new Waiters();
    private final Watchers<K, R> watchers;
    private volatile @Nullable Published published;
    private volatile ProjectionState state = ProjectionState.BUILDING;
    private volatile String progress = "is being opened";
    private volatile boolean closed;
    private volatile BiConsumer<Published, CorruptStoreException> onDamage = (read, damaged) -> {};
    private volatile Relay<K, R> relay = Relay.toNobody();

    ServedView(RegisteredView<K, R> view, EventStoreBackend store) {
        this(view, store, Watchers.MAX_PENDING);
    }

    /** @param maxPending how many changed keys wait for one who watches */
    ServedView(RegisteredView<K, R> view, EventStoreBackend store, int maxPending) {
        this.view = view;
        this.store = store;
        this.tokens = new Tokens(store);
        this.watchers = new Watchers<>(view.type(), maxPending);
    }

    /** Tells another what is served. Called before anything is. */
    void relayTo(Relay<K, R> other) {
        relay = other;
    }

    /** Serves a page: called behind its write, by the thread that has written. */
    void publish(Published served) {
        published = served;
        waiters.reached(served.state().position());
        watchers.served(served.readers());
        relay.published(served);
    }

    /** Rows that are served have changed: called behind their write, and behind {@link #publish} of their page. */
    void changed(List<RowChange<K, R>> changes) {
        watchers.changed(changes);
        relay.changed(changes);
    }

    /** Serves nothing. */
    void withdraw(String why) {
        progress = why;
        published = null;
        relay.altered();
    }

    /** What a view is by an order, for those who read. */
    static String retired(ViewOrder.Retired order) {
        return "was retired by " + order.by() + ": " + order.reason();
    }

    /** Serves nothing, and answers who waits, until it is opened. */
    void close() {
        closed = true;
        if (state == ProjectionState.LIVE || state == ProjectionState.PARKED) {
            state = ProjectionState.BUILDING; // whatever opens it again builds on from where it stopped
        }
        withdraw("is closed");
        waiters.stopped();
    }

    /** Is not opened again: completes who watches. */
    void end() {
        watchers.end();
        relay.ended();
    }

    /** Is doing what another view is doing, which publishes here. */
    void become(ServedView<?, ?> other) {
        if (other.closed) {
            close();
            return;
        }
        closed = false;
        if (other.published == null) {
            withdraw(other.progress);
        }
        state(other.state, other.progress);
    }

    /** Rows that are served could not be read: whoever keeps them sets them aside. */
    void damaged(Published read, CorruptStoreException damaged) {
        onDamage.accept(read, damaged);
    }

    /**
     * Is being opened, for the first time or again.
     *
     * @param damaged is called by readers, on any thread, where rows that are served cannot be read; more than once
     */
    void opening(BiConsumer<Published, CorruptStoreException> damaged) {
        onDamage = damaged;
        state = ProjectionState.BUILDING;
        progress = "is being opened";
        closed = false;
        relay.altered();
    }

    /** What the view is doing; who waits is answered where it does not go on by itself. */
    void state(ProjectionState now, String how) {
        progress = how;
        state = now;
        if (isStopped()) {
            waiters.stopped();
        }
        relay.altered();
    }

    ProjectionState state() {
        return state;
    }

    boolean isAnyParked() {
        Published now = published;
        return now != null && !now.parked().isEmpty();
    }

    @Nullable Published published() {
        return published;
    }

    boolean isClosed() {
        return closed;
    }

    /** How many wait for a token. */
    int waiting() {
        return waiters.size();
    }

    /** Whether it does not go on by itself. */
    boolean isStopped() {
        return closed || state == ProjectionState.PAUSED || state == ProjectionState.FAILED
                || state == ProjectionState.RETIRED;
    }

    private Published served() {
        Published served = published;
        if (served == null) {
            throw new ViewNotReadyException(view.type().name(), progress);
        }
        return served;
    }

    /** Reads what is served, which stays open meanwhile. */
    private <T> T reading(Function<ViewReader<K, R>, T> question) {
        while (true) {
            Answer<T> answer = asked(served(), now -> question.apply(rows(now)));
            if (answer != null) {
                return answer.value;
            }
        }
    }

    /** Keeps null, which is a user's answer, apart from none. */
    record Answer<T>(T value) {}

    /** The answer out of a generation; null where another is served meanwhile, or none. */
    <T> @Nullable Answer<T> asked(Published now, Function<Published, T> question) {
        if (!now.readers().enter()) {
            return null;
        }
        try {
            return new Answer<>(question.apply(now));
        } catch (StoreClosedException ended) {
            Published next = published;
            if (next != null && next.readers().equals(now.readers())) {
                throw ended;
            }
            return null;
        } catch (CorruptStoreException damaged) {
            onDamage.accept(now, damaged);
            throw damaged;
        } finally {
            now.readers().leave();
        }
    }

    /** What is served, as it is at the moment of each question. */
    ViewReader<K, R> rows(Published now) {
        return rows(now, now.tables());
    }

    @SuppressWarnings("unchecked") // what is published here is read as rows of this view
    private ViewReader<K, R> rows(Published now, ViewReads tables) {
        return (ViewReader<K, R>) now.rows().apply(tables);
    }

    /** What it is a view of. */
    RegisteredView<K, R> registered() {
        return view;
    }

    @Override
    public ProjectionType<K, R> type() {
        return view.type();
    }

    @Override
    public Position position() {
        return served().state().position();
    }

    @Override
    public Optional<R> get(K key) {
        return reading(rows -> rows.get(key));
    }

    @Override
    public <V> Rows<K, R> by(Index<R, V> index, V value, QueryOption... options) {
        return read(rows -> rows.by(index, value, options));
    }

    @Override
    public <V> Rows<K, R> range(RangeIndex<R, V> index, Range<V> range, QueryOption... options) {
        return read(rows -> rows.range(index, range, options));
    }

    @Override
    public Rows<K, R> range(Range<K> keys, QueryOption... options) {
        return reading(rows -> rows.range(keys, options));
    }

    @Override
    public long count() {
        return served().state().rows();
    }

    @Override
    public <V> long count(Index<R, V> index, V value) {
        return reading(rows -> rows.count(index, value));
    }

    @Override
    public <T> T read(Function<ViewReader<K, R>, T> questions) {
        while (true) {
            Answer<Supplier<T>> answer = asked(served(), now -> ofUsers(now, questions));
            if (answer != null) {
                return answer.value.get();
            }
        }
    }

    /** What users' code answers or fails by. Damage that it meets elsewhere, as in another store, is none of ours. */
    private <T> Supplier<T> ofUsers(Published now, Function<ViewReader<K, R>, T> questions) {
        try (ViewSnapshot snapshot = now.tables().snapshot()) {
            ViewReader<K, R> reported = new ReportingRows<>(rows(now, snapshot),
                    damaged -> onDamage.accept(now, damaged));
            try {
                T answer = questions.apply(reported);
                return () -> answer;
            } catch (CorruptStoreException damaged) { // reported already where it is ours
                return () -> {
                    throw damaged;
                };
            }
        }
    }

    @Override
    public View<K, R> view() {
        return this;
    }

    @Override
    public @Nullable RowsDigest servedRows() {
        Published now = published;
        return now == null ? null : RowsDigest.of(now.version(), now.state());
    }

    @Override
    public ViewMoment<K, R> moment() {
        while (true) {
            Answer<ViewMoment<K, R>> answer = asked(served(), this::momentOf);
            if (answer != null) {
                return answer.value;
            }
        }
    }

    private ViewMoment<K, R> momentOf(Published now) {
        ViewSnapshot snapshot = now.tables().snapshot();
        try {
            RowsDigest digest = RowsDigest.of(now.version(), ViewFold.state(snapshot));
            now.readers().enter(); // which nobody refuses while the caller is a reader
            return new ViewMoment<>(view.type(), snapshot, digest, now.readers(), rows(now, snapshot),
                    damaged -> onDamage.accept(now, damaged));
        } catch (RuntimeException | Error failed) {
            snapshot.close();
            throw failed;
        }
    }

    /** An answer out of the served tables as they are at one moment. What it fails by may be somebody else's. */
    <T> T ofTables(Function<ViewReads, T> question) {
        while (true) {
            Answer<Supplier<T>> answer = asked(served(), now -> {
                try (ViewSnapshot snapshot = now.tables().snapshot()) {
                    T found = question.apply(snapshot);
                    return () -> found;
                } catch (RuntimeException failed) {
                    return () -> {
                        throw failed;
                    };
                }
            });
            if (answer != null) {
                return answer.value.get();
            }
        }
    }

    /** Asks the rows of one moment. */
    <T> T ofSnapshot(Published now, Function<ViewReader<K, R>, T> questions) {
        try (ViewSnapshot snapshot = now.tables().snapshot()) {
            return questions.apply(rows(now, snapshot));
        }
    }

    @Override
    public Flow.Publisher<Watched<K, R>> watch() {
        return watched(new WatchedPart.All<>());
    }

    @Override
    public Flow.Publisher<Watched<K, R>> watch(K key) {
        byte[] bytes = view.type().keys().encode(key);
        return watched(new WatchedPart.OfKey<>(new RowKey<>(view.type().keys().decode(bytes), bytes)));
    }

    @Override
    public <V> Flow.Publisher<Watched<K, R>> watch(Index<R, V> index, V value) {
        return watched(new WatchedPart.OfValue<>(StoredRows.known(view.type(), index), value));
    }

    private Flow.Publisher<Watched<K, R>> watched(WatchedPart<K, R> part) {
        return subscriber -> Watching.begin(this, watchers, part, Objects.requireNonNull(subscriber, "subscriber"));
    }

    /** Those who watch. */
    Watchers<K, R> watchers() {
        return watchers;
    }

    @Override
    public CompletionStage<ViewAnswer<Optional<R>>> get(K key, ConsistencyToken token, Duration timeout) {
        return answer(List.of(token), timeout, now -> rows(now).get(key));
    }

    @Override
    public CompletionStage<ViewAnswer<Position>> await(Collection<ConsistencyToken> wanted, Duration timeout) {
        return answer(wanted, timeout, now -> now.state().position());
    }

    /** Where the record of a token is. */
    private record Wanted(ConsistencyToken token, Position place) {}

    /** Waits for tokens, and asks the generation that contains them. */
    private <T> CompletionStage<ViewAnswer<T>> answer(Collection<ConsistencyToken> given, Duration timeout,
            Function<Published, T> question) {
        // Before anything waits: what a thrown exception leaves behind would wait for ever.
        Objects.requireNonNull(given, "tokens");
        long millis = Math.min(Objects.requireNonNull(timeout, "timeout").toSeconds(), MAX_SECONDS) * 1_000
                + timeout.toMillisPart();
        // A command that has stored nothing is seen by every view that serves rows.
        Collection<ConsistencyToken> tokensWanted = given.isEmpty()
                ? List.of(new ConsistencyToken(store.storeId(), NO_STREAM, 0))
                : given;
        for (ConsistencyToken token : tokensWanted) {
            if (!token.storeId().equals(store.storeId())) {
                return CompletableFuture.completedFuture(new ViewAnswer.Never<>("the token is of store "
                        + token.storeId() + ", and the view has the events of store " + store.storeId()));
            }
        }
        CompletableFuture<Boolean> seen = new CompletableFuture<>();
        Queue<Wanted> wanted = new ConcurrentLinkedQueue<>();
        AtomicInteger missing = new AtomicInteger(tokensWanted.size());
        BiConsumer<Boolean, @Nullable Throwable> one = (reached, failed) -> {
            if (failed != null) {
                seen.completeExceptionally(failed);
            } else if (!reached) {
                seen.complete(false);
            } else if (missing.decrementAndGet() == 0) {
                seen.complete(true);
            }
        };
        for (ConsistencyToken token : tokensWanted) {
            CompletionStage<Boolean> unused = tokens.place(token, seen).thenCompose(place -> {
                Wanted found = new Wanted(token, place);
                wanted.add(found);
                return reached(found, seen);
            }).whenComplete(one);
        }
        return seen
                .completeOnTimeout(false, millis, TimeUnit.MILLISECONDS)
                .thenComposeAsync(reached -> {
                    Answer<T> answer = reached ? ofOne(wanted, question) : null;
                    return answer == null
                            ? this.<T>notYet()
                            : CompletableFuture.completedFuture(new ViewAnswer.Seen<>(answer.value));
                }, Thread::startVirtualThread);
    }

    /** Asks one generation that contains all; null where the one that is served does not. */
    private <T> @Nullable Answer<T> ofOne(Collection<Wanted> wanted, Function<Published, T> question) {
        while (true) {
            Published now = published;
            if (now == null || !wanted.stream().allMatch(each -> now.contains(each.token, each.place))) {
                return null;
            }
            Answer<T> answer = asked(now, question);
            if (answer != null) {
                return answer;
            }
        }
    }

    /** Completes when a place is reached, or the view does not come to the record by itself. */
    private CompletionStage<Boolean> reached(Wanted wanted, CompletionStage<?> over) {
        CompletableFuture<Boolean> reached = waiters.add(wanted.place);
        over.whenComplete((done, failed) -> reached.complete(false));
        // Behind the registration: whatever is published later completes it.
        Published now = published;
        if (now != null && now.isParked(wanted.token)) {
            reached.complete(false);
        } else if (now != null && now.contains(wanted.token, wanted.place)) {
            reached.complete(true);
        } else if (isStopped()) {
            reached.complete(false);
        }
        return reached;
    }

    private <T> CompletionStage<ViewAnswer<T>> notYet() {
        return lag().toCompletableFuture()
                .copy()
                .completeOnTimeout(UNKNOWN_LAG, LAG_PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                .handle((lag, failed) -> new ViewAnswer.NotYet<>(failed == null ? lag : UNKNOWN_LAG, state));
    }

    /** How many records behind the end of the store the view is, about. */
    CompletionStage<Long> lag() {
        Published now = published;
        long reached = now == null ? 0 : now.state().position().index();
        return store.lastPosition().thenApply(last -> Math.max(0, last.index() - reached));
    }
}
