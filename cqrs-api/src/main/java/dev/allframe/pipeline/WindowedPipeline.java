package dev.allframe.pipeline;

import dev.allframe.projection.Change;
import dev.allframe.projection.Keys;
import dev.allframe.projection.Range;
import dev.allframe.projection.Rows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Groups of values in windows of their time. A value is added to its windows whenever its event comes: nothing waits
 * for others, and nothing is closed. Immutable.
 *
 * @param <K> the keys of the groups
 * @param <V> the values
 * @param <T> moments
 */
public final class WindowedPipeline<K, V, T> {

    /** So many old windows of a group are looked at when one of its events comes. */
    private static final int SWEPT = 16;

    private final GroupedPipeline<K, V> grouped;
    private final Windows<T> windows;
    private final Function<? super V, ? extends T> time;
    private final Retention<T> retention;

    WindowedPipeline(GroupedPipeline<K, V> grouped, Windows<T> windows, Function<? super V, ? extends T> time,
            @Nullable Duration retention) {
        this.grouped = grouped;
        this.windows = windows;
        this.time = time;
        this.retention = new Retention<>(windows.moments(), retention);
    }

    /**
     * Keeps windows for so long behind their end, instead of for ever. Measured by the time at which events are stored,
     * so that a rebuild comes to the same rows; days end at midnight UTC. A value whose window is gone is left out, and
     * counted by {@link #late()}. Old windows of a group are removed when its next events come: a group in which
     * nothing happens keeps its last ones.
     */
    public WindowedPipeline<K, V, T> retention(Duration kept) {
        return new WindowedPipeline<>(grouped, windows, time, Retention.checked(kept));
    }

    /**
     * One row for each window of a group: a zero, to which its values are added in the order of the store.
     *
     * @param zero a record
     * @param plus the row behind a value
     */
    public <A> ReducedPipeline<Windowed<K, T>, A> reduce(A zero, BiFunction<? super A, ? super V, ? extends A> plus) {
        Objects.requireNonNull(zero, "zero");
        return reduce(ReducedPipeline.classOf(zero), first -> zero, plus);
    }

    /**
     * One row for each window of a group: a zero, to which its values are added in the order of the store.
     *
     * @param row the class of the rows, a record
     * @param zero what the first value of a window is added to
     * @param plus the row behind a value
     */
    public <A> ReducedPipeline<Windowed<K, T>, A> reduce(Class<A> row, Function<? super V, ? extends A> zero,
            BiFunction<? super A, ? super V, ? extends A> plus) {
        Objects.requireNonNull(row, "row");
        Objects.requireNonNull(zero, "zero");
        Objects.requireNonNull(plus, "plus");
        return grouped.reduced(row, () -> keys(grouped, windows.moments()), retention.meaning(windows),
                nodesAnd("reduce to " + row.getSimpleName()), (key, value, info) -> {
                    List<Change<Windowed<K, T>, A>> changes = new ArrayList<>();
                    for (Windowed<K, T> window : windowsOf(key, value)) {
                        if (!retention.isBehind(window.window(), info.timestamp())) {
                            changes.add(Change.upsert(window, zero.apply(value), sum -> plus.apply(sum, value)));
                        }
                    }
                    if (retention.isLimited()) {
                        changes.add(sweep(key, info.timestamp(), retention, SWEPT + windowsOf(key, value).size()));
                    }
                    return changes.size() == 1 ? changes.getFirst() : new Change.Several<>(changes);
                });
    }

    /** Removes windows of a group that are behind the retention, the newest of them first. */
    static <K, T, A> Change<Windowed<K, T>, A> sweep(K key, Instant stored, Retention<T> retention, int most) {
        return Change.following(before(key, retention.moments(), retention.edge(stored)),
                Math.min(most, Change.MOST_FOLLOWED), rows -> new Change.Several<>(rows.stream()
                        .map(Rows.Entry::key)
                        .filter(window -> retention.isBehind(window.window(), stored))
                        .map(Change::<Windowed<K, T>, A>remove)
                        .toList()));
    }

    /** The windows of a group that begin before a moment. */
    static <K, T> Range<Windowed<K, T>> before(K key, Moments<T> moments, T moment) {
        T first = moments.first();
        return Range.between(new Windowed<>(key, new Window<>(first, first)),
                new Windowed<>(key, new Window<>(moment, first)));
    }

    static <K, T> Keys<Windowed<K, T>> keys(GroupedPipeline<K, ?> grouped, Moments<T> moments) {
        return Keys.joined(Windowed::key, grouped.keys(), Windowed::window, moments.windows(), Windowed::new);
    }

    private List<Windowed<K, T>> windowsOf(K key, V value) {
        return windows.of(key, Pipeline.given(time.apply(value), "the time of a window"));
    }

    /** One row for each group to which values came too late for a window, since the retention limits it. */
    public ReducedPipeline<K, LateEvents> late() {
        return grouped.reduced(LateEvents.class, grouped::keys, retention.meaning(windows),
                nodesAnd("count what is late"),
                (key, value, info) -> {
                    Instant stored = info.timestamp();
                    long gone = windowsOf(key, value).stream()
                            .filter(window -> retention.isBehind(window.window(), stored))
                            .count();
                    return gone == 0
                            ? Change.none()
                            : Change.upsert(key, new LateEvents(0, stored), late -> late.plus(gone, stored));
                });
    }

    private List<String> nodesAnd(String... more) {
        return Stream.of(grouped.nodesAnd(), retention.nodes(windows.words()), List.of(more))
                .flatMap(List::stream)
                .toList();
    }

    /** The way of the values, a line for each step. */
    public String describe() {
        return String.join("\n", nodesAnd());
    }
}
