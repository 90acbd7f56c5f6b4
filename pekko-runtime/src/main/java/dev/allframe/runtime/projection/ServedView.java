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
import dev.allframe.projection.fold.Parked;
import dev.allframe.projection.fold.StoredRows;
import dev.allframe.store.ConsistencyToken;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import dev.allframe.store.view.ViewReads;
import dev.allframe.store.view.ViewSnapshot;
import dev.allframe.store.view.ViewTables;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A view as users ask it. What is served is one volatile value ({@link Published}), set behind the write of each page:
 * who finds a position there finds its rows. Thread-safe.
 */
final class ServedView<K, R> implements View<K, R> {

    private final RegisteredView<K, R> view;
    private final EventStoreBackend store;
    private final Tokens tokens;
    private final Waiters waiters = new Waiters();
    private volatile @Nullable Published published;
    private volatile ProjectionState state = ProjectionState.BUILDING;
    private volatile String progress = "is being opened";
    private volatile Map<StreamId, Parked> parked = Map.of();

    ServedView(RegisteredView<K, R> view, EventStoreBackend store) {
        this.view = view;
        this.store = store;
        this.tokens = new Tokens(store);
    }

    /** Serves a page: called behind its write, by the thread that has written. */
    void publish(Published served, List<Parked> waiting) {
        parked = waiting.stream().collect(Collectors.toMap(Parked::stream, Function.identity()));
        published = served;
        waiters.reached(served.state().position());
    }

    /** Serves nothing. */
    void withdraw(String why) {
        progress = why;
        published = null;
    }

    /** What the view is doing; who waits is answered where it does not go on by itself. */
    void state(ProjectionState now, String how) {
        state = now;
        progress = how;
        if (isStopped(now)) {
            waiters.stopped();
        }
    }

    ProjectionState state() {
        return state;
    }

    boolean isAnyParked() {
        return !parked.isEmpty();
    }

    /** The streams that wait. */
    List<Parked> parked() {
        return List.copyOf(parked.values());
    }

    @Nullable Published published() {
        return published;
    }

    private static boolean isStopped(ProjectionState state) {
        return state == ProjectionState.PAUSED || state == ProjectionState.FAILED;
    }

    private Published served() {
        Published served = published;
        if (served == null) {
            throw new ViewNotReadyException(view.type().name(), progress);
        }
        return served;
    }

    /** Reads what is served, which stays open meanwhile. */
    private <T> T reading(Function<ViewTables, T> question) {
        while (true) {
            Published now = served();
            if (now.readers().enter()) {
                try {
                    return question.apply(now.tables());
                } finally {
                    now.readers().leave();
                }
            }
        }
    }

    private ViewReader<K, R> rows(ViewReads tables) {
        return new StoredRows<>(view.type(), view.rows(), tables);
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
        return reading(tables -> rows(tables).get(key));
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
        return reading(tables -> rows(tables).range(keys, options));
    }

    @Override
    public long count() {
        return served().state().rows();
    }

    @Override
    public <V> long count(Index<R, V> index, V value) {
        return reading(tables -> rows(tables).count(index, value));
    }

    @Override
    public <T> T read(Function<ViewReader<K, R>, T> questions) {
        return reading(tables -> {
            try (ViewSnapshot snapshot = tables.snapshot()) {
                return questions.apply(rows(snapshot));
            }
        });
    }

    @Override
    public CompletionStage<ViewAnswer<Optional<R>>> get(K key, ConsistencyToken token, Duration timeout) {
        return await(List.of(token), timeout).thenApply(answer -> switch (answer) {
            case ViewAnswer.Seen<Position> seen -> new ViewAnswer.Seen<>(get(key));
            case ViewAnswer.NotYet<Position>(long lag, ProjectionState doing) -> new ViewAnswer.NotYet<>(lag, doing);
            case ViewAnswer.Never<Position>(String reason) -> new ViewAnswer.Never<>(reason);
        });
    }

    @Override
    public CompletionStage<ViewAnswer<Position>> await(Collection<ConsistencyToken> wanted, Duration timeout) {
        for (ConsistencyToken token : wanted) {
            if (!token.storeId().equals(store.storeId())) {
                return CompletableFuture.completedFuture(new ViewAnswer.Never<>("the token is of store "
                        + token.storeId() + ", and the view has the events of store " + store.storeId()));
            }
        }
        CompletableFuture<Boolean> seen = new CompletableFuture<>();
        List<CompletionStage<Boolean>> all = wanted.stream().map(token -> seen(token, seen)).toList();
        AtomicInteger missing = new AtomicInteger(all.size());
        if (all.isEmpty()) {
            seen.complete(true);
        }
        BiConsumer<Boolean, @Nullable Throwable> one = (reached, failed) -> {
            if (failed != null) {
                seen.completeExceptionally(failed);
            } else if (!reached) {
                seen.complete(false);
            } else if (missing.decrementAndGet() == 0) {
                seen.complete(true);
            }
        };
        for (CompletionStage<Boolean> each : all) {
            CompletionStage<Boolean> unused = each.whenComplete(one);
        }
        CompletableFuture<ViewAnswer<Position>> answer = seen
                .completeOnTimeout(false, timeout.toMillis(), TimeUnit.MILLISECONDS)
                .thenCompose(reached -> reached
                        ? CompletableFuture.completedFuture(new ViewAnswer.Seen<>(position()))
                        : notYet().toCompletableFuture());
        return answer.thenApplyAsync(Function.identity(), Thread::startVirtualThread);
    }

    /** Whether a token's record was applied; false where the view does not come to it by itself. */
    private CompletionStage<Boolean> seen(ConsistencyToken token, CompletionStage<?> over) {
        return tokens.place(token, over).thenCompose(place -> reached(token, place, over));
    }

    private CompletionStage<Boolean> reached(ConsistencyToken token, Position place, CompletionStage<?> over) {
        CompletableFuture<Boolean> reached = waiters.add(place);
        over.whenComplete((done, failed) -> reached.complete(false));
        // Behind the registration: whatever is published later completes it.
        Published now = published;
        if (now != null && now.state().position().compareTo(place) >= 0) {
            reached.complete(true);
        } else if (isStopped(state)) {
            reached.complete(false);
        }
        return reached.thenApply(there -> {
            Parked waiting = parked.get(token.stream());
            return there && (waiting == null || waiting.firstSequenceNr() > token.sequenceNr());
        });
    }

    private CompletionStage<ViewAnswer<Position>> notYet() {
        return lag().handle((lag, failed) -> new ViewAnswer.NotYet<>(failed == null ? lag : -1, state));
    }

    /** How many records behind the end of the store the view is, about. */
    CompletionStage<Long> lag() {
        Published now = published;
        long reached = now == null ? 0 : now.state().position().index();
        return store.lastPosition().thenApply(last -> Math.max(0, last.index() - reached));
    }
}
