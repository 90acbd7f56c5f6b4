package dev.allframe.codec.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Since;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.EncodedState;
import dev.allframe.codec.OutdatedStateException;
import dev.allframe.evolution.Upcasters;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A stored state is read where its version and shape are today's, brought to today's where steps lead there, and
 * outdated otherwise.
 */
final class StateUpcastingTest {

    @Stored("happened")
    record Happened() implements Event {}

    static <S> AggregateType<Command, Happened, S> typeOf(Class<S> state) {
        return AggregateType.named("account", Command.class, Happened.class, state, new Aggregate<>() {
            @Override
            public S initialState() {
                throw new UnsupportedOperationException();
            }

            @Override
            public Decision<Happened> decide(S current, Command command) {
                return Decision.noChange();
            }

            @Override
            public S evolve(S current, Happened event) {
                return current;
            }
        });
    }

    enum Color {
        RED, BLUE
    }

    sealed interface Holder {
        @Stored("person")
        record Person(String name) implements Holder {}

        @Stored("firm")
        record Firm(int number, List<Holder> owners) implements Holder {}
    }

    @Stored(value = "state", version = 2)
    record State(BigDecimal amount, Map<String, Color> colors, Holder holder,
            @Since(version = 2, defaultValue = "5") int limit) {}

    private static final State STATE = new State(BigDecimal.TEN, Map.of("a", Color.RED), new Holder.Person("Ann"), 5);

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    private final JacksonStateCodec<State> codec = JacksonStateCodec.of(typeOf(State.class));

    @Test
    void the_shape_is_the_same_in_every_jvm() {
        assertThat(codec.encode(STATE).shape()).isEqualTo("2a48647a197793d3");
    }

    @Test
    void a_state_of_today_s_version_and_shape_is_read() {
        assertThat(codec.decode(codec.encode(STATE))).isEqualTo(STATE);
    }

    @Test
    void a_state_of_an_older_version_is_brought_to_today_s() {
        String json = "{\"amount\":\"10\",\"colors\":{\"a\":\"RED\"},\"holder\":{\"@type\":\"person\",\"name\":\"Ann\"}}";

        assertThat(codec.decode(new EncodedState("account.state", 1, "whatever", bytes(json)))).isEqualTo(STATE);
    }

    @Test
    void a_state_under_another_name_is_brought_to_today_s() {
        JacksonStateCodec<State> renaming = JacksonStateCodec
                .of(typeOf(State.class).upcasting(Upcasters.json("account", 9).renamedTo("state", 2)));

        assertThat(renaming.decode(new EncodedState("account.account", 9, null, codec.encode(STATE).bytes())))
                .isEqualTo(STATE);
        assertThat(renaming.versions()).hasToString("""
                account.account 9 -> account.state 2 (JSON)
                account.state 1 -> 2 (added limit = 5)
                account.state 2""");
    }

    @Test
    void what_no_step_brings_to_today_s_is_outdated() {
        byte[] json = codec.encode(STATE).bytes();

        for (EncodedState stored : List.of(new EncodedState("account.state", 3, null, json),
                new EncodedState("account.other", 1, null, json),
                new EncodedState("account.state", 2, "another shape", json),
                new EncodedState("account.state", 1, null, json), // it has what was added
                new EncodedState("account.state", 2, null, bytes("{\"amount\":\"10\"}")))) {
            assertThatThrownBy(() -> codec.decode(stored)).as(stored.type() + stored.version())
                    .isInstanceOf(OutdatedStateException.class);
        }
    }

    @Test
    void contents_that_do_not_fit_though_their_shape_does_are_discarded_too() {
        EncodedState broken = new EncodedState("account.state", 2, codec.encode(STATE).shape(), bytes("{}"));

        assertThatThrownBy(() -> codec.decode(broken)).isInstanceOf(OutdatedStateException.class);
    }
}
