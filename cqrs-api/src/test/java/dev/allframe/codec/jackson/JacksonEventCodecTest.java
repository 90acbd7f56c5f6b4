package dev.allframe.codec.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.CodecException;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.InvalidDomainException;
import dev.allframe.codec.UnknownStoredTypeException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class JacksonEventCodecTest {

    record Money(BigDecimal amount, Currency currency) {
        boolean isPositive() {
            return amount.signum() > 0;
        }

        Money getHalf() {
            return this;
        }
    }

    sealed interface Channel {
        @Stored("counter")
        record Counter(String clerk) implements Channel {}

        @Stored("card")
        record Card(String number) implements Channel {}
    }

    enum Kind {
        CASH, SALARY
    }

    sealed interface Happened extends Event {
        @Stored("paid")
        record Paid(Money amount, Channel channel, List<Channel> others, Optional<String> note, @Nullable String memo,
                Map<String, Money> parts, Kind kind,
                Instant at, LocalDate on, Duration took, long count) implements Happened {}

        @Stored("closed")
        record Closed() implements Happened {}
    }

    private static final Money MONEY = new Money(new BigDecimal("700.00"), Currency.getInstance("CZK"));

    private static final Happened.Paid PAID = new Happened.Paid(MONEY, new Channel.Card("4711"),
            List.of(new Channel.Counter("Ann")),
            Optional.of("rent"), null, Map.of("fee", MONEY), Kind.SALARY,
            Instant.parse("1993-01-01T10:00:00.123456789Z"),
            LocalDate.of(1993, 1, 1), Duration.ofMillis(1500), Long.MAX_VALUE);

    static <E extends Event> AggregateType<Command, E, String> typeOf(Class<E> events) {
        return AggregateType.named("account", Command.class, events, String.class, new Aggregate<>() {
            @Override
            public String initialState() {
                return "";
            }

            @Override
            public Decision<E> decide(String state, Command command) {
                return Decision.noChange();
            }

            @Override
            public String evolve(String state, E event) {
                return state;
            }
        });
    }

    private final JacksonEventCodec<Happened> codec = JacksonEventCodec.of(typeOf(Happened.class));

    @Test
    void an_event_is_plain_json_under_its_stored_name() {
        EncodedEvent encoded = codec.encode(PAID);

        assertThat(encoded.type()).isEqualTo("account.paid");
        assertThat(encoded.version()).isEqualTo(1);
        assertThat(new String(encoded.bytes(), StandardCharsets.UTF_8)).isEqualTo(
                """
                        {"amount":{"amount":"700.00","currency":"CZK"},"channel":{"@type":"card","number":"4711"},\
                        "others":[{"@type":"counter","clerk":"Ann"}],"note":"rent","memo":null,\
                        "parts":{"fee":{"amount":"700.00","currency":"CZK"}},"kind":"SALARY","at":"1993-01-01T10:00:00.123456789Z",\
                        "on":"1993-01-01","took":"PT1.5S","count":9223372036854775807}""");
    }

    @Test
    void an_event_is_read_back_equal() {
        assertThat(codec.decode(codec.encode(PAID))).containsExactly(PAID);
        assertThat(codec.decode(codec.encode(new Happened.Closed()))).containsExactly(new Happened.Closed());
    }

    @Test
    void an_unknown_name_or_version_is_refused_with_what_is_known_and_what_to_add() {
        byte[] empty = "{}".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> codec.decode(new EncodedEvent("account.opened", 1, empty)))
                .isInstanceOf(UnknownStoredTypeException.class)
                .hasMessage(
                        "stored type 'account.opened' version 1 is unknown to this code, which reads account.closed 1, account.paid 1; "
                                + "add the class that has this name in @Stored, or to the AggregateType "
                                + "upcasting(Upcasters.json(\"opened\", 1).renamedTo(...)), .to(...) or .dropped()");
        assertThatThrownBy(() -> codec.decode(new EncodedEvent("account.closed", 2, empty)))
                .isInstanceOf(UnknownStoredTypeException.class)
                .hasMessageEndingWith("it was stored by later code: deploy that, or add to the AggregateType "
                        + "upcasting(Upcasters.json(\"closed\", 2).to(1, ...))");
    }

    @Test
    void contents_that_do_not_fit_are_refused() {
        for (String json : List.of("{\"unknown\":1}", "[]", "{", "", "{} {}", "null")) {
            assertThatThrownBy(
                    () -> codec.decode(new EncodedEvent("account.closed", 1, json.getBytes(StandardCharsets.UTF_8))))
                    .as(json)
                    .isInstanceOf(CodecException.class);
        }
        assertThatThrownBy(
                () -> codec.decode(new EncodedEvent("account.paid", 1, "{}".getBytes(StandardCharsets.UTF_8))))
                .as("missing components")
                .isInstanceOf(CodecException.class);
    }

    sealed interface Nameless extends Event {
        record First() implements Nameless {}

        @Stored("Second")
        record Second() implements Nameless {}

        @Stored("same")
        record Third(NamelessPart part) implements Nameless {}

        @Stored("same")
        record Fourth<T>(T free) implements Nameless {}
    }

    sealed interface NamelessPart {
        record Only() implements NamelessPart {}
    }

    @Test
    void everything_that_is_wrong_with_the_names_is_said_at_once() {
        assertThatThrownBy(() -> JacksonEventCodec.of(typeOf(Nameless.class)))
                .isInstanceOf(InvalidDomainException.class)
                .hasMessageContainingAll(
                        "Nameless$First needs a stored name", "'Second', which must be lower case",
                        "have the same stored name 'account.same'",
                        "NamelessPart$Only needs a stored name", "has no type of which anybody can tell the class");
    }

    interface Open extends Event {}

    @Test
    void events_that_are_not_sealed_are_refused() {
        assertThatThrownBy(() -> JacksonEventCodec.of(typeOf(Open.class)))
                .hasMessageContaining("must be a sealed interface");
    }
}
