package dev.allframe.pipeline;

import dev.allframe.projection.Change;
import dev.allframe.projection.Keys;
import java.time.Duration;
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
     * Keeps windows for so long behind their end, instead of for ever. Measured by the latest time at which a value of
     * the group was stored, so that a rebuild comes to the same rows and a window that is gone stays so where clocks
     * step back; days end at midnight UTC. A value whose window is gone is left out, and counted by {@link #late()}.
     * The next value of a group removes its windows that are gone, 1,000 at most: as many as it can make. A group in
     * which nothing happens keeps its last ones.
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
                    List<Windowed<K, T>> all = windowsOf(key, value);
                    if (!retention.isLimited()) {
                        return new Change.Several<>(all.stream()
                                .map(window -> added(window, value, zero, plus))
                                .toList());
                    }
                    return Change.latest(retention.keyOfTime(key), info.timestamp(), latest -> {
                        List<Change<Windowed<K, T>, A>> changes = new ArrayList<>();
                        for (Windowed<K, T> window : all) {
                            if (!retention.isBehind(window.window(), latest)) {
                                changes.add(added(window, value, zero, plus));
                            }
                        }
                        // Windows of one length begin in the order in which they end.
                        Window<T> firstKept = windows.of(retention.edge(latest)).getFirst();
                        changes.add(retention.sweep(key, firstKept, latest));
                        return new Change.Several<>(changes);
                    });
                });
    }

    private static <V, K, T, A> Change<Windowed<K, T>, A> added(Windowed<K, T> window, V value,
            Function<? super V, ? extends A> zero, BiFunction<? super A, ? super V, ? extends A> plus) {
        return Change.upsert(window, zero.apply(value), sum -> plus.apply(sum, value));
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
                    List<Windowed<K, T>> all = windowsOf(key, value);
                    return retention.late(key, info, latest -> all.stream()
                            .filter(window -> retention.isBehind(window.window(), latest))
                            .count());
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
