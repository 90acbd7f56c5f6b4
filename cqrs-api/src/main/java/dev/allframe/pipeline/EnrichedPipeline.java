package dev.allframe.pipeline;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Event;
import dev.allframe.pipeline.Pipeline.Leg;
import dev.allframe.projection.EventInfo;
import dev.allframe.projection.Reaction;
import dev.allframe.projection.ReactionInfo;
import dev.allframe.projection.ReactionType;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Values with what another system knows of them, on their way to an effect. Immutable.
 *
 * @param <W> the values
 */
public final class EnrichedPipeline<W> {

    private final List<Source<?, W>> sources;
    private final List<String> nodes;

    /** From the events of one aggregate to values. */
    private record Source<E extends Event, W>(AggregateType<?, E, ?> aggregate,
            BiFunction<E, EventInfo, List<Lookup<W>>> lookups) {}

    /** Asks for one value. */
    private interface Lookup<W> {
        CompletionStage<? extends W> ask();
    }

    private EnrichedPipeline(List<Source<?, W>> sources, List<String> nodes) {
        this.sources = sources;
        this.nodes = nodes;
    }

    static <V, W> EnrichedPipeline<W> of(Pipeline<V> before,
            Function<? super V, ? extends CompletionStage<? extends W>> lookup) {
        return new EnrichedPipeline<>(before.legs().stream().<Source<?, W>>map(leg -> source(leg, lookup)).toList(),
                before.nodesAnd("enrich"));
    }

    private static <E extends Event, V, W> Source<E, W> source(Leg<E, V> leg,
            Function<? super V, ? extends CompletionStage<? extends W>> lookup) {
        return new Source<>(leg.aggregate(), (event, info) -> leg.values()
                .apply(event, info)
                .stream()
                .<Lookup<W>>map(value -> () -> Pipeline.given(lookup.apply(value), "enrich"))
                .toList());
    }

    /**
     * The effect of values, as a reaction that is registered and operated as every other; it says where it begins, how
     * many streams it works on at once, and how it tries again. The values of one stream are looked up and have their
     * effect one after the other, in order.
     *
     * @param name as in {@link ReactionType#named}
     * @param effect what is done with a value; called on a virtual thread, may block, and completes when it is done
     */
    public ReactionType react(String name,
            BiFunction<? super W, ? super ReactionInfo, ? extends CompletionStage<?>> effect) {
        Objects.requireNonNull(effect, "effect");
        Set<String> read = new HashSet<>();
        ReactionType type = ReactionType.named(name);
        for (Source<?, W> source : sources) {
            if (!read.add(source.aggregate.name())) {
                throw new IllegalArgumentException("reaction '" + name + "' would read aggregate '"
                        + source.aggregate.name() + "' twice: give each pipeline a reaction of its own");
            }
            type = added(type, source, effect);
        }
        return type;
    }

    private static <E extends Event, W> ReactionType added(ReactionType type, Source<E, W> source,
            BiFunction<? super W, ? super ReactionInfo, ? extends CompletionStage<?>> effect) {
        Reaction<E> reaction = (event, info) -> {
            CompletionStage<?> done = CompletableFuture.completedFuture(null);
            EventInfo known = new EventInfo(info.stream(), info.sequenceNr(), info.position(), info.metadata());
            for (Lookup<W> value : source.lookups.apply(event, known)) {
                done = done.thenComposeAsync(before -> value.ask(), Thread::startVirtualThread)
                        .thenComposeAsync(found -> acted(effect, found, info), Thread::startVirtualThread);
            }
            return done;
        };
        return type.from(source.aggregate, reaction);
    }

    private static <W> CompletionStage<?> acted(
            BiFunction<? super W, ? super ReactionInfo, ? extends CompletionStage<?>> effect, W found,
            ReactionInfo info) {
        Objects.requireNonNull(found, "what the lookup of enrich has found is null");
        return Pipeline.given(effect.apply(found, info), "the effect");
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
