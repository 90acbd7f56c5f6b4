package dev.allframe.runtime.projection;

import static dev.allframe.projection.Change.upsert;
import static dev.allframe.projection.Version.version;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.projection.Change;
import dev.allframe.projection.EventInfo;
import dev.allframe.projection.Index;
import dev.allframe.projection.Keys;
import dev.allframe.projection.ProjectionType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Streams of which a view notes the number of each event, so that one that is missing or is there twice is found. */
final class Counters {

    /** Instances whose events fail at the moment. */
    static final Set<String> POISON = ConcurrentHashMap.newKeySet();

    sealed interface CounterCommand extends Command {
        record Count() implements CounterCommand {}
    }

    sealed interface CounterEvent extends Event {
        @Stored("counted")
        record Counted(long number) implements CounterEvent {}
    }

    @Stored("state")
    record CounterState() {}

    /** The numbers that were applied, in their order. */
    record Numbers(List<Long> applied) {

        Numbers {
            applied = List.copyOf(applied);
        }

        Numbers with(long number) {
            List<Long> more = new ArrayList<>(applied);
            more.add(number);
            return new Numbers(more);
        }

        long count() {
            return applied.size();
        }
    }

    static final AggregateType<CounterCommand, CounterEvent, CounterState> COUNTER = AggregateType.named("counter",
            CounterCommand.class, CounterEvent.class, CounterState.class, new Aggregate<>() {
                @Override
                public CounterState initialState() {
                    return new CounterState();
                }

                @Override
                public Decision<CounterEvent> decide(CounterState state, CounterCommand command) {
                    return Decision.noChange();
                }

                @Override
                public CounterState evolve(CounterState state, CounterEvent event) {
                    return state;
                }
            });

    static final Index<Numbers, Long> COUNT = Index.on("count", Numbers::count, Keys.LONG);

    /** Stands before an event that fails. */
    static final RegisteredView<String, Numbers> STANDING = RegisteredView.of(ProjectionType
            .named("standing", version(1), String.class, Numbers.class)
            .indexedBy(COUNT)
            .from(COUNTER, Counters::onCounted));

    /** Parks the stream of an event that fails. */
    static final RegisteredView<String, Numbers> PARKING = RegisteredView.of(ProjectionType
            .named("parking", version(1), String.class, Numbers.class)
            .indexedBy(COUNT)
            .from(COUNTER, Counters::onCounted)
            .perStream()
            .parkFailures());

    private Counters() {}

    static Change<String, Numbers> onCounted(CounterEvent event, EventInfo info) {
        if (POISON.contains(info.id())) {
            throw new IllegalStateException("poison");
        }
        return switch (event) {
            case CounterEvent.Counted(var number) ->
                upsert(info.id(), new Numbers(List.of()), numbers -> numbers.with(number));
        };
    }
}
