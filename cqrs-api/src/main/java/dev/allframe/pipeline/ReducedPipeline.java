package dev.allframe.pipeline;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Event;
import dev.allframe.pipeline.Pipeline.Leg;
import dev.allframe.projection.Change;
import dev.allframe.projection.EventInfo;
import dev.allframe.projection.Keys;
import dev.allframe.projection.Projection;
import dev.allframe.projection.ProjectionType;
import dev.allframe.projection.Version;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/**
 * Rows that values are added to. Immutable.
 *
 * @param <K> the keys of the rows
 * @param <A> the rows
 */
public final class ReducedPipeline<K, A> {

    private final Supplier<Keys<K>> keys;
    private final Class<A> row;
    private final List<String> meaning;
    private final List<String> nodes;
    private final List<Source<?, K, A>> sources;

    /** From the events of one aggregate to changes of rows. */
    private record Source<E extends Event, K, A>(AggregateType<?, E, ?> aggregate, Projection<E, K, A> changes) {

        ProjectionType<K, A> addTo(ProjectionType<K, A> type) {
            return type.from(aggregate, changes);
        }

        /** The changes of both, where both read one aggregate. */
        @SuppressWarnings("unchecked") // aggregates of one name have the same events; a registration checks it
        Source<E, K, A> and(Source<?, K, A> other) {
            Projection<E, K, A> further = (Projection<E, K, A>) other.changes;
            return new Source<>(aggregate, (event, info) -> Change.changes(changes.changes(event, info),
                    further.changes(event, info)));
        }
    }

    private ReducedPipeline(Supplier<Keys<K>> keys, Class<A> row, List<String> meaning, List<String> nodes,
            List<Source<?, K, A>> sources) {
        this.keys = keys;
        this.row = row;
        this.meaning = meaning;
        this.nodes = nodes;
        this.sources = sources;
    }

    static <V, K, A> ReducedPipeline<K, A> of(List<Leg<?, V>> legs, Supplier<Keys<K>> keys, Class<A> row,
            List<String> meaning, List<String> nodes, BiFunction<V, EventInfo, Change<K, A>> change) {
        Map<String, Source<?, K, A>> byAggregate = new LinkedHashMap<>();
        for (Leg<?, V> leg : legs) {
            byAggregate.merge(leg.aggregate().name(), source(leg, change), Source::and);
        }
        return new ReducedPipeline<>(keys, row, meaning, nodes, List.copyOf(byAggregate.values()));
    }

    private static <E extends Event, V, K, A> Source<E, K, A> source(Leg<E, V> leg,
            BiFunction<V, EventInfo, Change<K, A>> change) {
        return new Source<>(leg.aggregate(), (event, info) -> {
            List<V> values = leg.values().apply(event, info);
            if (values.size() == 1) {
                return change.apply(values.getFirst(), info);
            }
            List<Change<K, A>> changes = new ArrayList<>(values.size());
            values.forEach(value -> changes.add(change.apply(value, info)));
            return new Change.Several<>(changes);
        });
    }

    @SuppressWarnings("unchecked") // the class of a value is one of its type
    static <A> Class<A> classOf(A zero) {
        return (Class<A>) zero.getClass();
    }

    /**
     * The view, to be registered, indexed and read as every other. Its rows are made anew when the version rises, or
     * windows or retention change.
     *
     * @param name as in {@link ProjectionType#named}
     * @param version raised when the functions of the pipeline change their meaning
     */
    public ProjectionType<K, A> into(String name, Version version) {
        ProjectionType<K, A> type = ProjectionType.named(name, version, keys, row).meaning(meaning);
        for (Source<?, K, A> source : sources) {
            type = source.addTo(type);
        }
        return type;
    }

    /** The way from events to rows, a line for each step. */
    public String describe() {
        return String.join("\n", nodes);
    }

    @Override
    public String toString() {
        return "Pipeline[" + String.join(" > ", nodes) + "]";
    }
}
