package dev.allframe.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.typesafe.config.ConfigFactory;
import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.InvalidDomainException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is wrong with aggregates is told at start, all of it at once. */
class WrongAggregatesTest {

    record Rename(String name) implements Command {}

    sealed interface BoxCommand extends Command {

        /** Nobody knows which class is to be read for its contents. */
        record Fill<T>(List<T> contents, Runnable whenDone, Hidden by) implements BoxCommand {}
    }

    static final class Hidden {

        private final String text;

        private Hidden(String text, int number) {
            this.text = text + number;
        }

        @Override
        public String toString() {
            return new Hidden(text, 1).text;
        }
    }

    @Stored("renamed")
    record Renamed(String name) implements Event {}

    record Filled(int count) implements Event {}

    @Stored("state")
    record Shelf(int count) {}

    record Box(int count) {}

    private static <C extends Command, E extends Event, S> AggregateType<C, E, S> type(String name, Class<C> commands,
            Class<E> events, Class<S> states, S initial) {
        return AggregateType.named(name, commands, events, states, new Aggregate<>() {
            @Override
            public S initialState() {
                return initial;
            }

            @Override
            public Decision<E> decide(S state, C command) {
                return Decision.noChange();
            }

            @Override
            public S evolve(S state, E event) {
                return state;
            }
        });
    }

    @Test
    void all_problems_of_all_aggregates_are_in_one_exception() {
        AllFrame.Builder wrong = AllFrame
                .standalone("wrong", ConfigFactory.parseString("allframe.storage = memory")
                        .withFallback(ConfigFactory.load()))
                .aggregate(type("shelf", Rename.class, Renamed.class, Shelf.class, new Shelf(0)))
                .aggregate(type("shelf", Rename.class, Renamed.class, Shelf.class, new Shelf(1)))
                .aggregate(type("box", BoxCommand.class, Filled.class, Box.class, new Box(0)));

        InvalidDomainException refused = catchThrowableOfType(InvalidDomainException.class, wrong::start);

        String here = WrongAggregatesTest.class.getName();
        assertThat(refused.problems()).containsExactly("two aggregates are named 'shelf'",
                here + "$Filled needs a stored name: annotate it with @Stored(\"...\")",
                here + "$Box needs a stored name: annotate it with @Stored(\"...\")",
                "component contents of " + here + "$BoxCommand$Fill has no type of which anybody can tell the class:"
                        + " name one, so that it can be read again",
                "component whenDone of " + here
                        + "$BoxCommand$Fill has the type java.lang.Runnable, of which nobody can"
                        + " tell the class: make it sealed, or a class",
                "component by of " + here + "$BoxCommand$Fill has the type " + here
                        + "$Hidden, which has no constructor"
                        + " to read it with: make it a record");
        assertThat(refused).hasMessage(String.join("; ", refused.problems()));
    }
}
