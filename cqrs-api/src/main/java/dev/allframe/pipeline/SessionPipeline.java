package dev.allframe.pipeline;

import dev.allframe.projection.Change;
import dev.allframe.projection.Rows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Groups of values in sessions. Immutable.
 *
 * @param <K> the keys of the groups
 * @param <V> the values
 * @param <T> moments
 */
public final class SessionPipeline<K, V, T> {

    /** Sessions are apart from each other, and none is shorter than the gap: a moment touches no more. */
    private static final int TOUCHED = 2;

    private final GroupedPipeline<K, V> grouped;
    private final Sessions<T> sessions;
    private final Function<? super V, ? extends T> time;
    private final Retention<T> retention;

    SessionPipeline(GroupedPipeline<K, V> grouped, Sessions<T> sessions, Function<? super V, ? extends T> time,
            @Nullable Duration retention) {
        this.grouped = grouped;
        this.sessions = sessions;
        this.time = time;
        this.retention = new Retention<>(sessions.moments(), retention);
    }

    /** As {@link WindowedPipeline#retention}; a value is late when a session of its own would be gone. */
    public SessionPipeline<K, V, T> retention(Duration kept) {
        return new SessionPipeline<>(grouped, sessions, time, Retention.checked(kept));
    }

    /**
     * One row for each session of a group: a zero, to which its values are added in the order of the store.
     *
     * @param zero a record
     * @param plus the row behind a value
     * @param merge one row of two sessions, the earlier one first, that a late value has joined
     */
    public <A> ReducedPipeline<Windowed<K, T>, A> reduce(A zero, BiFunction<? super A, ? super V, ? extends A> plus,
            BinaryOperator<A> merge) {
        Objects.requireNonNull(zero, "zero");
        Objects.requireNonNull(plus, "plus");
        Objects.requireNonNull(merge, "merge");
        Class<A> row = ReducedPipeline.classOf(zero);
        return grouped.reduced(row, () -> WindowedPipeline.keys(grouped, sessions.moments()),
                retention.meaning(sessions),
                nodesAnd("reduce to " + row.getSimpleName()), (key, value, info) -> {
                    Window<T> own = own(value);
                    Change<Windowed<K, T>, A> add = Change.following(
                            retention.before(key, new Window<>(own.until(), sessions.moments().first())), TOUCHED,
                            rows -> added(key, own, rows, zero, merge, sum -> plus.apply(sum, value)));
                    if (!retention.isLimited()) {
                        return add;
                    }
                    return Change.latest(retention.keyOfTime(key), info.timestamp(), latest -> {
                        Change<Windowed<K, T>, A> sweep = retention.sweep(key, sessions.of(retention.edge(latest)),
                                latest);
                        return retention.isBehind(own, latest) ? sweep : Change.changes(add, sweep);
                    });
                });
    }

    /** In place of the sessions that a moment touches, one that has them all. */
    private <A> Change<Windowed<K, T>, A> added(K key, Window<T> own, List<Rows.Entry<Windowed<K, T>, A>> lastBefore,
            A zero, BinaryOperator<A> merge, Function<A, A> plus) {
        List<Change<Windowed<K, T>, A>> changes = new ArrayList<>();
        Window<T> all = own;
        A sum = null;
        for (Rows.Entry<Windowed<K, T>, A> entry : lastBefore) { // the later one first
            Window<T> session = entry.key().window();
            if (sessions.moments().isBefore(own.from(), session.until())) {
                changes.add(Change.remove(entry.key()));
                sum = sum == null ? entry.row() : merge.apply(entry.row(), sum);
                all = joined(all, session);
            }
        }
        changes.add(Change.put(new Windowed<>(key, all), plus.apply(sum == null ? zero : sum)));
        return new Change.Several<>(changes);
    }

    private Window<T> joined(Window<T> one, Window<T> other) {
        Moments<T> moments = sessions.moments();
        return new Window<>(moments.isBefore(other.from(), one.from()) ? other.from() : one.from(),
                moments.isBefore(one.until(), other.until()) ? other.until() : one.until());
    }

    private Window<T> own(V value) {
        return sessions.of(Pipeline.given(time.apply(value), "the time of a session"));
    }

    /** One row for each group to which values came too late, since the retention limits it. */
    public ReducedPipeline<K, LateEvents> late() {
        return grouped.reduced(LateEvents.class, grouped::keys, retention.meaning(sessions),
                nodesAnd("count what is late"),
                (key, value, info) -> {
                    Window<T> own = own(value);
                    return retention.late(key, info, latest -> retention.isBehind(own, latest) ? 1 : 0);
                });
    }

    private List<String> nodesAnd(String... more) {
        return Stream.of(grouped.nodesAnd(), retention.nodes(sessions.words()), List.of(more))
                .flatMap(List::stream)
                .toList();
    }

    /** The way of the values, a line for each step. */
    public String describe() {
        return String.join("\n", nodesAnd());
    }
}
