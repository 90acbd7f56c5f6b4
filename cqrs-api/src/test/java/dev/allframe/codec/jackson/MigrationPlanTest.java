package dev.allframe.codec.jackson;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Since;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.InvalidDomainException;
import dev.allframe.evolution.StoredVersion;
import dev.allframe.evolution.Upcasters;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is wrong with the steps from old versions is said when the aggregate is registered, all at once. */
final class MigrationPlanTest {

    record Part(@Since(version = 2, defaultValue = "5") int nested) {}

    enum Color { RED }

    sealed interface Painted extends Event {
        @Stored(value = "painted", version = 3)
        record Now(@Since(version = 1, defaultValue = "5") int tooEarly,
                @Since(version = 4, defaultValue = "5") int tooLate, @Since(version = 2) long primitive,
                @Since(version = 2, defaultValue = "GREEN") Color color,
                @Since(version = 2, defaultValue = "yesterday") LocalDate on,
                @Since(version = 2, defaultValue = "five") Integer number, List<Part> parts) implements Painted {}
    }

    @Test
    void everything_that_is_wrong_with_added_components_is_said_at_once() {
        assertThatThrownBy(() -> JacksonEventCodec.of(JacksonEventCodecTest.typeOf(Painted.class)))
                .isInstanceOf(InvalidDomainException.class)
                .hasMessageContainingAll("tooEarly of " + Painted.Now.class.getName() + " is @Since version 1",
                        "tooLate of " + Painted.Now.class.getName() + " is @Since version 4",
                        "primitive of " + Painted.Now.class.getName()
                                + " cannot be read from its default: a primitive needs a defaultValue",
                        "color of " + Painted.Now.class.getName() + " cannot be read from its default",
                        "on of " + Painted.Now.class.getName() + " cannot be read from its default",
                        "number of " + Painted.Now.class.getName() + " cannot be read from its default",
                        "nested of " + Part.class.getName()
                                + " is @Since a version, and a record inside of another has none of its own");
    }

    sealed interface Opened extends Event {
        @Stored(value = "opened", version = 2)
        record Now(String name, @Since(version = 2, defaultValue = "x") String more) implements Opened {}

        @Stored("other")
        record Other(String name) implements Opened {
            Other(First first) {
                this(first.name);
            }

            static Other of(First first) {
                return new Other(first);
            }
        }
    }

    @Stored("first")
    record First(String name) {}

    @Stored("first")
    record AlsoFirst(String name) {}

    record Nameless(String name) {}

    @Stored("picture")
    record Picture(String text) {}

    @Test
    void everything_that_is_wrong_with_steps_is_said_at_once() {
        assertThatThrownBy(() -> JacksonEventCodec.of(JacksonEventCodecTest.typeOf(Opened.class)
                .upcasting(Upcasters.json("opened", 1).to(2, tree -> tree), // against @Since
                        Upcasters.json("twice", 1).renamedTo("other", 1), Upcasters.json("twice", 1).dropped(),
                        Upcasters.json("round", 1).to(2, tree -> tree), Upcasters.json("round", 2).to(1, tree -> tree),
                        Upcasters.json("gap", 1).to(2, tree -> tree), Upcasters.json("lost", 1).renamedTo("found", 1),
                        Upcasters.json("other", 1).to(2, tree -> tree),
                        Upcasters.from(Nameless.class).to(Opened.Other.class, old -> new Opened.Other(old.name)),
                        Upcasters.from(First.class).to(Opened.Other.class), // two ways
                        Upcasters.from(AlsoFirst.class).dropped(), Upcasters.from(First.class).dropped(),
                        Upcasters.from(Picture.class).to(First.class)))) // no way
                .isInstanceOf(InvalidDomainException.class)
                .hasMessageContainingAll(
                        "two steps begin with account.opened 1: account.opened 1 -> 2 (added more = \"x\") and account.opened 1 -> 2 (JSON)",
                        "two steps begin with account.twice 1",
                        "account.round 1 -> 2 (JSON) leads back to itself",
                        "the step account.gap 1 -> 2 (JSON) leads to account.gap 2, which is neither a class of today nor the beginning of another step",
                        "leads to account.found 1, which is neither",
                        "the step account.other 1 -> 2 (JSON) begins with the version of today",
                        Nameless.class.getName() + " needs a stored name",
                        Opened.Other.class.getName()
                                + " must have exactly one constructor or static factory that takes a "
                                + First.class.getName() + ", and has 2",
                        "are both account.first 1", "two steps begin with account.first 1",
                        First.class.getName() + " must have exactly one constructor or static factory that takes a "
                                + Picture.class.getName() + ", and has 0");
    }

    @Stored("state")
    record State(String name) {}

    sealed interface Means {}

    @Stored(value = "card", ignoreUnknown = true)
    record Card(String number) implements Means {}

    @Stored("paid")
    record Paid(Means means) implements Event {}

    @Stored(value = "purse", ignoreUnknown = true)
    record Purse(String owner) {}

    @Test
    void only_events_say_that_they_ignore_what_is_unknown() {
        assertThatThrownBy(() -> JacksonEventCodec.of(JacksonEventCodecTest.typeOf(Paid.class)))
                .isInstanceOf(InvalidDomainException.class)
                .hasMessageContaining(
                        Card.class.getName() + " has ignoreUnknown in @Stored, which is for events alone");
        assertThatThrownBy(() -> JacksonStateCodec.of(StateUpcastingTest.typeOf(Purse.class)))
                .isInstanceOf(InvalidDomainException.class)
                .hasMessageContaining(Purse.class.getName() + " has ignoreUnknown");
    }

    @Test
    void a_state_becomes_one_state() {
        assertThatThrownBy(() -> JacksonStateCodec.of(StateUpcastingTest.typeOf(State.class)
                .upcasting(Upcasters.json("state", 7)
                        .toMany(List.of(new StoredVersion("state", 1), new StoredVersion("happened", 1)),
                                tree -> List.of()))))
                .hasMessageContaining("account.state 7 leads to the state and to something else");
    }
}
