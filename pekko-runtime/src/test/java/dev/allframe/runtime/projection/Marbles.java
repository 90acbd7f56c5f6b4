package dev.allframe.runtime.projection;

import static dev.allframe.projection.Version.version;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.projection.Change;
import dev.allframe.projection.Index;
import dev.allframe.projection.Keys;
import dev.allframe.projection.ProjectionType;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** Marbles with numbers, of which an event places, takes or paints many, and a view of them. */
final class Marbles {

    sealed interface BoxCommand extends Command {
        record Look() implements BoxCommand {}
    }

    sealed interface BoxEvent extends Event {
        @Stored("placed")
        record Placed(List<Integer> numbers, String colour, long weight) implements BoxEvent {}

        @Stored("taken")
        record Taken(List<Integer> numbers) implements BoxEvent {}

        @Stored("painted")
        record Painted(String colour, String other) implements BoxEvent {}

        @Stored("failing")
        record Failing(int number) implements BoxEvent {}
    }

    @Stored("state")
    record Box() {}

    record Marble(String colour, long weight) {}

    static final AggregateType<BoxCommand, BoxEvent, Box> BOX = AggregateType.named("box", BoxCommand.class,
            BoxEvent.class, Box.class, new Aggregate<>() {
                @Override
                public Box initialState() {
                    return new Box();
                }

                @Override
                public Decision<BoxEvent> decide(Box state, BoxCommand command) {
                    return Decision.noChange();
                }

                @Override
                public Box evolve(Box state, BoxEvent event) {
                    return state;
                }
            });

    static final Index<Marble, String> COLOUR = Index.on("colour", Marble::colour, Keys.STRING);

    static final ProjectionType<Integer, Marble> MARBLES = ProjectionType
            .named("marbles", version(1), Integer.class, Marble.class)
            .indexedBy(COLOUR)
            .from(BOX, (event, info) -> switch (event) {
                case BoxEvent.Placed(var numbers, var colour, var weight) ->
                    each(numbers, number -> Change.put(number, new Marble(colour, weight)));
                case BoxEvent.Taken(var numbers) -> each(numbers, Change::remove);
                case BoxEvent.Painted(var colour, var other) ->
                    Change.updateBy(COLOUR, colour, marble -> new Marble(other, marble.weight()));
                case BoxEvent.Failing(var number) -> throw new IllegalStateException("says the test");
            });

    private Marbles() {}

    private static Change<Integer, Marble> each(List<Integer> numbers,
            Function<Integer, Change<Integer, Marble>> change) {
        return new Change.Several<>(numbers.stream().map(change).toList());
    }

    /** The rows behind an event, by a fold of its own: all those that differ, with null where there is none. */
    static Map<Integer, Marble> applied(Map<Integer, Marble> before, BoxEvent event) {
        Map<Integer, Marble> after = new TreeMap<>(before);
        switch (event) {
            case BoxEvent.Placed(var numbers, var colour, var weight) ->
                numbers.forEach(number -> after.put(number, new Marble(colour, weight)));
            case BoxEvent.Taken(var numbers) -> numbers.forEach(after::remove);
            case BoxEvent.Painted(var colour, var other) -> after.replaceAll(
                    (number, marble) -> marble.colour().equals(colour) ? new Marble(other, marble.weight()) : marble);
            case BoxEvent.Failing failing -> {
            }
        }
        return after;
    }
}
