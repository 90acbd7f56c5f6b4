package dev.allframe.pipeline;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Event;
import dev.allframe.projection.EventInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What is made of events, one at a time, on their way to a view, as a value:
 *
 * <pre>{@code
 * Pipeline.from(ACCOUNT)
 *     .flatMap(Movement::of)
 *     .groupBy(String.class, Movement::bank)
 *     .window(tumbling(Period.ofMonths(1)), Movement::on)
 *     .reduce(Sum.ZERO, Sum::plus)
 *     .into("turnover", version(1))
 * }</pre>
 *
 * Immutable: methods return a longer copy, and one beginning may be continued in several ways. Functions are pure, as
 * those of every view are: no clock, no other data, no effect. They are called by any thread.
 *
 * @param <V> what comes out of it
 */
public final class Pipeline<V> {

    private final List<Leg<?, V>> legs;
    private final List<String> nodes;

    private Pipeline(List<Leg<?, V>> legs, List<String> nodes) {
        this.legs = legs;
        this.nodes = nodes;
    }

    /** From the events of one aggregate to values. */
    record Leg<E extends Event, V>(AggregateType<?, E, ?> aggregate, BiFunction<E, EventInfo, List<V>> values) {

        <W> Leg<E, W> then(BiFunction<V, EventInfo, List<W>> next) {
            return new Leg<>(aggregate, (event, info) -> {
                List<V> before = values.apply(event, info);
                if (before.size() == 1) {
                    return next.apply(before.getFirst(), info);
                }
                List<W> all = new ArrayList<>();
                before.forEach(value -> all.addAll(next.apply(value, info)));
                return all;
            });
        }
    }

    /** All events of an aggregate. */
    public static <E extends Event> Pipeline<E> from(AggregateType<?, E, ?> aggregate) {
        Objects.requireNonNull(aggregate, "aggregate");
        return new Pipeline<>(List.of(new Leg<>(aggregate, (event, info) -> List.of(event))),
                List.of("from " + aggregate.name()));
    }

    /** The values for which a condition holds. */
    public Pipeline<V> filter(Predicate<? super V> condition) {
        Objects.requireNonNull(condition, "condition");
        return then("filter", (value, info) -> condition.test(value) ? List.of(value) : List.of());
    }

    /** Another value for each. */
    public <W> Pipeline<W> map(Function<? super V, ? extends W> function) {
        Objects.requireNonNull(function, "function");
        return mapWithInfo((value, info) -> function.apply(value));
    }

    /** Another value for each, made with what is known of its event: instance, number, time. */
    public <W> Pipeline<W> mapWithInfo(BiFunction<? super V, EventInfo, ? extends W> function) {
        Objects.requireNonNull(function, "function");
        return then("map", (value, info) -> List.of(given(function.apply(value, info), "map")));
    }

    /** Any number of values for each. */
    public <W> Pipeline<W> flatMap(Function<? super V, ? extends List<? extends W>> function) {
        Objects.requireNonNull(function, "function");
        return flatMapWithInfo((value, info) -> function.apply(value));
    }

    /** Any number of values for each, made with what is known of its event: instance, number, time. */
    public <W> Pipeline<W> flatMapWithInfo(BiFunction<? super V, EventInfo, ? extends List<? extends W>> function) {
        Objects.requireNonNull(function, "function");
        return then("flatMap", (value, info) -> {
            List<? extends W> values = given(function.apply(value, info), "flatMap");
            values.forEach(
                    each -> Objects.requireNonNull(each, "a value that the function of flatMap returned is null"));
            return List.copyOf(values);
        });
    }

    /**
     * Two ways from here on.
     *
     * @param matching values for which the condition holds
     * @param others all others
     */
    public record Branches<V>(Pipeline<V> matching, Pipeline<V> others) {}

    /** Goes on in two ways: with the values for which a condition holds, and with the others. */
    public Branches<V> branch(Predicate<? super V> condition) {
        Objects.requireNonNull(condition, "condition");
        return new Branches<>(
                then("branch, matching", (value, info) -> condition.test(value) ? List.of(value) : List.of()),
                then("branch, others", (value, info) -> condition.test(value) ? List.of() : List.of(value)));
    }

    /** The values of this one and of another, in the order of their events. */
    public Pipeline<V> and(Pipeline<V> other) {
        Objects.requireNonNull(other, "other");
        List<String> both = new ArrayList<>();
        addWay(both, "┌ ", nodes);
        addWay(both, "├ ", other.nodes);
        both.add("└ and");
        return new Pipeline<>(Stream.concat(legs.stream(), other.legs.stream()).toList(), List.copyOf(both));
    }

    /** The steps of one of several ways that come together, beside a line that leads to where they do. */
    private static void addWay(List<String> nodes, String first, List<String> way) {
        for (int i = 0; i < way.size(); i++) {
            nodes.add((i == 0 ? first : "│ ") + way.get(i));
        }
    }

    /**
     * Puts values into groups.
     *
     * @param key the class of the groups' keys, one that {@link dev.allframe.projection.Keys#of} knows
     * @param group the group of a value
     */
    public <K> GroupedPipeline<K, V> groupBy(Class<K> key, Function<? super V, ? extends K> group) {
        return new GroupedPipeline<>(this, Objects.requireNonNull(key, "key"), Objects.requireNonNull(group, "group"));
    }

    /**
     * Adds to values what another system knows, on the way to an effect; a view asks nobody but the store.
     *
     * @param lookup asks for it; called on a virtual thread, may block, and is asked again when it fails
     */
    public <W> EnrichedPipeline<W> enrich(Function<? super V, ? extends CompletionStage<? extends W>> lookup) {
        return EnrichedPipeline.of(this, Objects.requireNonNull(lookup, "lookup"));
    }

    private <W> Pipeline<W> then(String node, BiFunction<V, EventInfo, List<W>> next) {
        return new Pipeline<>(legs.stream().<Leg<?, W>>map(leg -> leg.then(next)).toList(), nodesAnd(node));
    }

    static <W> W given(W value, String node) {
        return Objects.requireNonNull(value, () -> "the function of " + node + " returned null");
    }

    List<Leg<?, V>> legs() {
        return legs;
    }

    List<String> nodesAnd(String... more) {
        return Stream.concat(nodes.stream(), Stream.of(more)).toList();
    }

    /** The way of the values, a line for each step. */
    public String describe() {
        return String.join("\n", nodes);
    }

    @Override
    public String toString() {
        return "Pipeline[" + String.join(" > ", nodes) + "]";
    }
}
