package dev.allframe.codec.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Since;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.CodecException;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.UnknownStoredTypeException;
import dev.allframe.evolution.JsonEvent;
import dev.allframe.evolution.StoredVersion;
import dev.allframe.evolution.Upcast;
import dev.allframe.evolution.Upcasters;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each kind of change, from stored bytes to today's events; {@code docs/events.md} shows these steps. */
final class EventsThatChangeTest {

    enum Currency {
        CZK, EUR
    }

    record Count(long a, BigInteger b, BigDecimal c, BigDecimal d) {}

    record Name(String first, String last) {
        static Name parse(String name) {
            int space = name.indexOf(' ');
            return new Name(name.substring(0, space), name.substring(space + 1));
        }
    }

    sealed interface AccountEvent extends Event {

        @Stored(value = "deposited", version = 3)
        record Deposited(BigDecimal amount, @Since(version = 2, defaultValue = "cash") String channel,
                @Since(version = 3) Optional<String> note, @Since(version = 3, defaultValue = "CZK") Currency currency,
                @Since(version = 3, defaultValue = "1.50") BigDecimal fee,
                @Since(version = 3, defaultValue = "2024-02-29") LocalDate on,
                @Since(version = 3, defaultValue = "7") int days, @Since(version = 3, defaultValue = "7") Integer boxed,
                @Since(version = 3) @Nullable String memo, @Since(version = 3) List<String> tags,
                @Since(version = 3) Map<String, Integer> counts,
                @Since(version = 3, defaultValue = "{\"first\":\"Ann\",\"last\":\"Lee\"}") Name clerk,
                @Since(version = 3, defaultValue = "00000000-0000-0000-0000-000000000001") UUID id)
                implements
                    AccountEvent {}

        @Stored(value = "owner-changed", version = 3)
        record OwnerChanged(Name name, @Since(version = 3, defaultValue = "true") boolean verified)
                implements
                    AccountEvent {
            OwnerChanged(OwnerChangedV2 old) {
                this(old.name, false);
            }
        }

        @Stored("closed")
        record Closed(String reason) implements AccountEvent {}

        @Stored("counted")
        record Counted(Count count) implements AccountEvent {}
    }

    @Stored("owner-changed")
    record OwnerChangedV1(String name) {}

    @Stored(value = "owner-changed", version = 2)
    record OwnerChangedV2(Name name) {}

    private static EncodedEvent stored(String type, int version, String json) {
        return new EncodedEvent("account." + type, version, json.getBytes(StandardCharsets.UTF_8));
    }

    private static JacksonEventCodec<AccountEvent> codec(Upcast... steps) {
        return JacksonEventCodec.of(JacksonEventCodecTest.typeOf(AccountEvent.class).upcasting(steps));
    }

    private static List<AccountEvent> read(EncodedEvent stored, Upcast... steps) {
        return codec(steps).decode(stored);
    }

    @Test
    void an_added_component_has_its_default_in_what_is_older() {
        AccountEvent.Deposited read = (AccountEvent.Deposited) read(
                stored("deposited", 1, "{\"amount\":\"700.00\"}")).getFirst();

        assertThat(read).isEqualTo(new AccountEvent.Deposited(new BigDecimal("700.00"), "cash", Optional.empty(),
                Currency.CZK, new BigDecimal("1.50"), LocalDate.of(2024, 2, 29), 7, 7, null, List.of(), Map.of(),
                new Name("Ann", "Lee"), new UUID(0, 1)));
        assertThat(read(stored("deposited", 2, "{\"amount\":\"700.00\",\"channel\":\"card\"}")))
                .extracting(event -> ((AccountEvent.Deposited) event).channel())
                .containsExactly("card");
    }

    @Test
    void contents_that_have_an_added_component_already_are_refused() {
        assertThatThrownBy(() -> read(stored("deposited", 1, "{\"amount\":\"1\",\"channel\":\"card\"}")))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("account.deposited 1 -> 2 (added channel = \"cash\")")
                .hasMessageContaining("it has 'channel' already");
    }

    @Test
    void an_old_class_becomes_a_newer_one() {
        assertThat(read(stored("owner-changed", 1, "{\"name\":\"Ann Lee\"}"),
                Upcasters.from(OwnerChangedV1.class)
                        .to(AccountEvent.OwnerChanged.class,
                                v1 -> new AccountEvent.OwnerChanged(Name.parse(v1.name()), false))))
                .containsExactly(new AccountEvent.OwnerChanged(new Name("Ann", "Lee"), false));
    }

    @Test
    void steps_of_several_versions_are_joined_whether_they_are_of_classes_trees_or_added_components() {
        assertThat(read(stored("owner-changed", 1, "{\"name\":\"Ann Lee\"}"),
                Upcasters.from(OwnerChangedV1.class)
                        .to(OwnerChangedV2.class, v1 -> new OwnerChangedV2(Name.parse(v1.name())))))
                .containsExactly(new AccountEvent.OwnerChanged(new Name("Ann", "Lee"), true));
        assertThat(read(stored("owner", 5, "{\"owner\":\"Ann Lee\"}"),
                Upcasters.from(OwnerChangedV1.class)
                        .to(OwnerChangedV2.class, v1 -> new OwnerChangedV2(Name.parse(v1.name()))),
                Upcasters.json("owner", 5).to("owner-changed", 1, tree -> {
                    tree.put("name", tree.remove("owner"));
                    return tree;
                })))
                .containsExactly(new AccountEvent.OwnerChanged(new Name("Ann", "Lee"), true));
    }

    sealed interface Changed extends Event {
        @Stored(value = "owner-changed", version = 2)
        record OwnerChanged(Name name) implements Changed {
            static OwnerChanged of(OwnerChangedV1 old) {
                return new OwnerChanged(Name.parse(old.name()));
            }
        }
    }

    @Test
    void a_newer_class_may_itself_say_how_it_is_made() {
        JacksonEventCodec<Changed> codec = JacksonEventCodec.of(JacksonEventCodecTest.typeOf(Changed.class)
                .upcasting(Upcasters.from(OwnerChangedV1.class).to(Changed.OwnerChanged.class)));

        assertThat(codec.decode(stored("owner-changed", 1, "{\"name\":\"Ann Lee\"}")))
                .containsExactly(new Changed.OwnerChanged(new Name("Ann", "Lee")));
    }

    @Test
    void a_tree_may_be_renamed_and_dropped() {
        assertThat(read(stored("ended", 1, "{\"reason\":\"moved\"}"),
                Upcasters.json("ended", 1).renamedTo("closed", 1)))
                .containsExactly(new AccountEvent.Closed("moved"));
        assertThat(read(stored("viewed", 1, "{\"by\":\"Ann\"}"), Upcasters.json("viewed", 1).dropped())).isEmpty();
        assertThat(read(stored("owner-changed", 1, "{\"name\":\"\"}"),
                Upcasters.from(OwnerChangedV1.class).dropped())).isEmpty();
    }

    @Test
    void what_later_code_has_stored_may_be_read_by_a_step_back() {
        assertThat(read(stored("closed", 2, "{\"reason\":\"moved\",\"by\":\"Ann\"}"),
                Upcasters.json("closed", 2).to(1, tree -> {
                    tree.remove("by");
                    return tree;
                }))).containsExactly(new AccountEvent.Closed("moved"));
    }

    record Clerk(String name) {}

    @Stored(value = "noted", version = 2, ignoreUnknown = true)
    record Noted(String text, Clerk by) implements Event {}

    @Test
    void newer_versions_are_read_where_the_class_says_that_it_ignores_what_it_does_not_know() {
        JacksonEventCodec<Noted> codec = JacksonEventCodec.of(JacksonEventCodecTest.typeOf(Noted.class));
        Noted noted = new Noted("paid", new Clerk("Ann"));

        for (int version : List.of(2, 3, 9)) {
            assertThat(codec.decode(stored("noted", version,
                    "{\"text\":\"paid\",\"tone\":\"glad\",\"by\":{\"name\":\"Ann\",\"branch\":7}}")))
                    .containsExactly(noted);
        }
        assertThatThrownBy(() -> codec.decode(stored("noted", 3, "{\"text\":\"paid\"}")))
                .as("what is needed is not there")
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("'account.noted' version 3")
                .hasMessageContaining("by");
        assertThatThrownBy(() -> codec.decode(stored("noted", 1, "{\"text\":\"paid\"}")))
                .as("an older version")
                .isInstanceOf(UnknownStoredTypeException.class);
        assertThat(codec.versions())
                .hasToString("account.noted 2\naccount.noted 3 -> 2 (what is unknown is ignored), and so on");
    }

    @Test
    void a_step_from_a_newer_version_goes_before_ignoring_it() {
        JacksonEventCodec<Noted> codec = JacksonEventCodec.of(JacksonEventCodecTest.typeOf(Noted.class)
                .upcasting(Upcasters.json("noted", 3).to(2, tree -> {
                    tree.put("text", tree.remove("words"));
                    return tree;
                })));

        assertThat(codec.decode(stored("noted", 3, "{\"words\":\"paid\",\"by\":{\"name\":\"Ann\"}}")))
                .containsExactly(new Noted("paid", new Clerk("Ann")));
    }

    @Test
    void one_event_becomes_several_in_their_order() {
        assertThat(read(stored("owner-changed", 1, "{\"name\":\"Ann Lee\"}"),
                Upcasters.from(OwnerChangedV1.class)
                        .toMany(List.of(AccountEvent.Closed.class, AccountEvent.OwnerChanged.class),
                                v1 -> List.of(new AccountEvent.Closed("taken over"),
                                        new AccountEvent.OwnerChanged(Name.parse(v1.name()), true)))))
                .containsExactly(new AccountEvent.Closed("taken over"),
                        new AccountEvent.OwnerChanged(new Name("Ann", "Lee"), true));
        assertThat(read(stored("moved", 1, "{\"from\":\"a\",\"amount\":\"5\"}"),
                Upcasters.json("moved", 1)
                        .toMany(List.of(new StoredVersion("closed", 1), new StoredVersion("deposited", 2)), tree -> {
                            Map<String, @Nullable Object> deposited = new HashMap<>();
                            deposited.put("amount", tree.remove("amount"));
                            deposited.put("channel", "move");
                            tree.put("reason", tree.remove("from"));
                            return List.of(JsonEvent.of("closed", 1, tree), JsonEvent.of("deposited", 2, deposited));
                        })))
                .hasSize(2)
                .first()
                .isEqualTo(new AccountEvent.Closed("a"));
    }

    @Test
    void each_step_has_a_tree_of_its_own_whatever_the_one_before_has_given() {
        Upcast pair = Upcasters.json("pair", 1).toMany(List.of(new StoredVersion("half", 1)), tree -> {
            Map<String, @Nullable Object> shared = Map.of("why", LocalDate.of(2024, 2, 29));
            return List.of(JsonEvent.of("half", 1, shared), JsonEvent.of("half", 1, shared));
        });
        Upcast half = Upcasters.json("half", 1).to("closed", 1, tree -> {
            tree.put("reason", "on " + tree.remove("why"));
            return tree;
        });

        assertThat(read(stored("pair", 1, "{}"), pair, half)).containsExactly(
                new AccountEvent.Closed("on 2024-02-29"), new AccountEvent.Closed("on 2024-02-29"));
    }

    @Test
    void no_number_in_a_tree_loses_precision() {
        AtomicReference<Map<String, @Nullable Object>> seen = new AtomicReference<>();
        String json = "{\"a\":1,\"b\":123456789012345678901234567890,\"c\":0.1000000000000000000000001,\"d\":1.50,\"e\":[1,{\"f\":null}],\"g\":true}";

        List<AccountEvent> read = read(stored("sum", 1, json), Upcasters.json("sum", 1).to("counted", 1, tree -> {
            seen.set(Map.copyOf(tree));
            tree.keySet().removeAll(List.of("e", "g"));
            return Map.of("count", tree);
        }));

        assertThat(seen.get()).containsEntry("a", 1L)
                .containsEntry("b", new BigInteger("123456789012345678901234567890"))
                .containsEntry("c", new BigDecimal("0.1000000000000000000000001"))
                .containsEntry("d", new BigDecimal("1.50"));
        assertThat(((AccountEvent.Counted) read.getFirst()).count())
                .isEqualTo(new Count(1, new BigInteger("123456789012345678901234567890"),
                        new BigDecimal("0.1000000000000000000000001"), new BigDecimal("1.50")));
        assertThat(read(stored("paid", 1, "{\"cents\":150}"), Upcasters.json("paid", 1).to("deposited", 2, tree -> {
            tree.put("amount", tree.remove("cents") instanceof Long cents ? BigDecimal.valueOf(cents, 2) : null);
            tree.put("channel", "card");
            return tree;
        }))).extracting(event -> ((AccountEvent.Deposited) event).amount()).containsExactly(new BigDecimal("1.50"));
    }

    @Test
    void an_old_class_is_read_strictly() {
        Upcast step = Upcasters.from(OwnerChangedV1.class)
                .to(OwnerChangedV2.class, v1 -> new OwnerChangedV2(Name.parse(v1.name())));

        for (String json : List.of("{\"name\":\"Ann Lee\",\"more\":1}", "{}", "null", "nonsense")) {
            assertThatThrownBy(() -> read(stored("owner-changed", 1, json), step)).as(json)
                    .isInstanceOf(CodecException.class)
                    .hasMessageContaining("'account.owner-changed' version 1")
                    .hasMessageContaining("1 -> 2 (OwnerChangedV1 to OwnerChangedV2)");
        }
    }

    @Test
    @SuppressWarnings({"NullAway", "DataFlowIssue"}) // users may have no such tool
    void an_upcaster_that_throws_or_gives_what_it_must_not_is_a_codec_exception_with_type_version_and_step() {
        EncodedEvent closing = stored("ended", 1, "{\"reason\":\"moved\"}");
        for (Upcast broken : List.of(Upcasters.json("ended", 1).to("closed", 1, tree -> null),
                Upcasters.json("ended", 1).to("closed", 1, tree -> {
                    throw new IllegalStateException("no way");
                }), Upcasters.json("ended", 1).toMany(List.of(new StoredVersion("closed", 1)), tree -> null),
                Upcasters.json("ended", 1)
                        .toMany(List.of(new StoredVersion("closed", 1)),
                                tree -> List.of(JsonEvent.of("opened", 1, tree))))) {
            assertThatThrownBy(() -> read(closing, broken)).isInstanceOf(CodecException.class)
                    .hasMessageContaining("'account.ended' version 1")
                    .hasMessageContaining("account.ended 1 -> account.closed 1 (JSON)")
                    .hasMessageFindingMatch(
                            "gave null|no way|gave a 'opened 1', which it does not declare");
        }
        assertThatThrownBy(() -> read(closing, Upcasters.json("ended", 1).to("closed", 1, tree -> Map.of())))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("brought to account.closed 1, does not fit its class");
    }

    @Test
    void a_version_without_a_step_says_what_to_add() {
        assertThatThrownBy(() -> read(stored("owner-changed", 1, "{}"))).isInstanceOf(UnknownStoredTypeException.class)
                .hasMessageEndingWith("add @Since(version = 2) to the components that are new in version 2, or to the"
                        + " AggregateType upcasting(Upcasters.json(\"owner-changed\", 1).to(2, ...))");
    }

    @Test
    void what_can_be_read_is_listed_with_the_steps_that_are_executed() {
        assertThat(codec(Upcasters.from(OwnerChangedV1.class)
                .to(OwnerChangedV2.class, v1 -> new OwnerChangedV2(Name.parse(v1.name()))),
                Upcasters.json("viewed", 1).dropped(),
                Upcasters.json("moved", 1)
                        .toMany(List.of(new StoredVersion("closed", 1), new StoredVersion("owner-changed", 1)),
                                tree -> List.of()))
                .versions())
                .hasToString(
                        """
                                account.closed 1
                                account.counted 1
                                account.deposited 1 -> 2 (added channel = "cash") -> 3 (added note = null, currency = "CZK", fee = "1.50", \
                                on = "2024-02-29", days = 7, boxed = 7, memo = null, tags = [], counts = {}, clerk = {"first":"Ann","last":"Lee"}, \
                                id = "00000000-0000-0000-0000-000000000001")
                                account.deposited 2 -> 3 (added note = null, currency = "CZK", fee = "1.50", \
                                on = "2024-02-29", days = 7, boxed = 7, memo = null, tags = [], counts = {}, clerk = {"first":"Ann","last":"Lee"}, \
                                id = "00000000-0000-0000-0000-000000000001")
                                account.deposited 3
                                account.moved 1 -> account.closed 1 + account.owner-changed 1 (JSON); \
                                account.owner-changed 1 -> 2 (OwnerChangedV1 to OwnerChangedV2) -> 3 (added verified = true)
                                account.owner-changed 1 -> 2 (OwnerChangedV1 to OwnerChangedV2) -> 3 (added verified = true)
                                account.owner-changed 2 -> 3 (added verified = true)
                                account.owner-changed 3
                                account.viewed 1 -> nothing (dropped)""");
        assertThat(codec().versions().canRead("account.deposited", 2)).isTrue();
        assertThat(codec().versions().canRead("account.deposited", 4)).isFalse();
        assertThat(codec().versions().canRead("account.deposited", 0)).isFalse();
    }
}
