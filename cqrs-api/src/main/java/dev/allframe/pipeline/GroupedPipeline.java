package dev.allframe.pipeline;

import dev.allframe.projection.Change;
import dev.allframe.projection.EventInfo;
import dev.allframe.projection.Keys;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Values in groups. Immutable.
 *
 * @param <K> the keys of the groups
 * @param <V> the values
 */
public final class GroupedPipeline<K, V> {

    private final Pipeline<V> before;
    private final Class<K> keyClass;
    private final Function<? super V, ? extends K> group;

    GroupedPipeline(Pipeline<V> before, Class<K> keyClass, Function<? super V, ? extends K> group) {
        this.before = before;
        this.keyClass = keyClass;
        this.group = group;
    }

    /**
     * Cuts the time of each group into windows.
     *
     * @param windows how
     * @param time when a value belongs; time of the event's contents, or of its storing, as the user wants
     */
    public <T> WindowedPipeline<K, V, T> window(Windows<T> windows, Function<? super V, ? extends T> time) {
        return new WindowedPipeline<>(this, Objects.requireNonNull(windows, "windows"),
                Objects.requireNonNull(time, "time"), null);
    }

    /**
     * Cuts the time of each group into sessions.
     *
     * @param sessions how
     * @param time when a value belongs
     */
    public <T> SessionPipeline<K, V, T> window(Sessions<T> sessions, Function<? super V, ? extends T> time) {
        return new SessionPipeline<>(this, Objects.requireNonNull(sessions, "sessions"),
                Objects.requireNonNull(time, "time"), null);
    }

    /**
     * One row for each group: a zero, to which its values are added one after the other.
     *
     * @param zero a record
     * @param plus the row behind a value
     */
    public <A> ReducedPipeline<K, A> reduce(A zero, BiFunction<? super A, ? super V, ? extends A> plus) {
        Objects.requireNonNull(zero, "zero");
        return reduce(ReducedPipeline.classOf(zero), first -> zero, plus);
    }

    /**
     * One row for each group: a zero, to which its values are added one after the other.
     *
     * @param row the class of the rows, a record
     * @param zero what the first value of a group is added to
     * @param plus the row behind a value
     */
    public <A> ReducedPipeline<K, A> reduce(Class<A> row, Function<? super V, ? extends A> zero,
            BiFunction<? super A, ? super V, ? extends A> plus) {
        Objects.requireNonNull(row, "row");
        Objects.requireNonNull(zero, "zero");
        Objects.requireNonNull(plus, "plus");
        return reduced(row, () -> Keys.of(keyClass), List.of(),
                before.nodesAnd(node(), "reduce to " + row.getSimpleName()),
                (key, value, info) -> Change.upsert(key, zero.apply(value), sum -> plus.apply(sum, value)));
    }

    /** How a value of a group changes rows. */
    interface Step<K, V, R, A> {
        Change<R, A> change(K key, V value, EventInfo info);
    }

    <R, A> ReducedPipeline<R, A> reduced(Class<A> row, Supplier<Keys<R>> keys,
            List<String> meaning, List<String> nodes, Step<K, V, R, A> step) {
        return ReducedPipeline.of(before.legs(), keys, row, meaning, nodes, (value, info) -> step
                .change(Pipeline.given(group.apply(value), "groupBy"), value, info));
    }

    Keys<K> keys() {
        return Keys.of(keyClass);
    }

    List<String> nodesAnd(String... more) {
        return Stream.concat(before.nodesAnd(node()).stream(), Stream.of(more))
                .toList();
    }

    private String node() {
        return "groupBy " + keyClass.getSimpleName();
    }

    /** The way of the values, a line for each step. */
    public String describe() {
        return String.join("\n", nodesAnd());
    }
}
