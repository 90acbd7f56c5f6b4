package dev.allframe.codec.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonKey;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.CodecException;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.UnwritableException;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever is written is read back equal; what could not be is refused when it is written. */
final class ExactWritingTest {

    sealed interface Tree {
        @Stored("leaf")
        record Leaf(int value) implements Tree {}

        @Stored("node")
        record Node(List<Tree> children, Optional<Tree> next) implements Tree {}
    }

    @Stored("noted")
    record Noted(String text, char letter, double number, float single, BigInteger huge, BigDecimal decimal,
            Optional<String> optional, OptionalInt maybe, OptionalDouble some, List<Optional<Integer>> optionals,
            Map<String, Optional<Integer>> optionalValues, SortedSet<String> sorted, SortedMap<BigDecimal, String> map,
            Map<String, Integer> names, Set<Double> numbers, Locale locale, Tree tree,
            List<@Nullable Integer> integers) implements Event {}

    private final JacksonEventCodec<Noted> codec = JacksonEventCodec.of(JacksonEventCodecTest.typeOf(Noted.class));

    /** Random values of which few cannot be read again. */
    @SuppressWarnings("NullAway") // nulls, whatever the types say
    private static final class Values {

        private final Random random;

        Values(long seed) {
            random = new Random(seed);
        }

        private <T> T rarely(T rare, T usual) {
            return random.nextInt(40) == 0 ? rare : usual;
        }

        private String text() {
            String text = random.ints(random.nextInt(5), 0x20, 0x10000)
                    .filter(unit -> !Character.isSurrogate((char) unit))
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            return rarely(text + (char) (0xD800 + random.nextInt(0x800)), text);
        }

        private double number() {
            return rarely(new double[]{Double.NaN, Double.POSITIVE_INFINITY}[random.nextInt(2)],
                    random.nextBoolean() ? finite() : -0.0);
        }

        private double finite() {
            double number = Double.longBitsToDouble(random.nextLong());
            return Double.isFinite(number) ? number : 0.1;
        }

        private BigInteger huge() {
            return new BigInteger(random.nextInt(5_000), random);
        }

        private Tree tree() {
            Tree tree = new Tree.Leaf(1);
            for (int depth = rarely(2_000, random.nextInt(100)); depth > 0; depth--) {
                tree = random.nextBoolean()
                        ? new Tree.Node(List.of(tree), Optional.empty())
                        : new Tree.Node(List.of(), Optional.of(tree));
            }
            return tree;
        }

        Noted noted() {
            SortedSet<String> sorted = new TreeSet<>(rarely(Comparator.<String>reverseOrder(), null));
            sorted.addAll(List.of("a", "b"));
            SortedMap<BigDecimal, String> map = new TreeMap<>(rarely(Comparator.<BigDecimal>reverseOrder(),
                    Comparator.<BigDecimal>naturalOrder()));
            map.put(new BigDecimal(huge(), random.nextInt()), text());
            Map<String, Integer> names = new HashMap<>();
            names.put(rarely(null, text()), 1);
            names.put("n".repeat(rarely(60_000, 1)), 2);
            return new Noted(text(), rarely('\uD800', 'x'), number(), rarely(Float.NaN, 0.1f), huge(),
                    new BigDecimal(huge(), random.nextInt()), rarely(null, Optional.of(text())),
                    rarely(null, OptionalInt.of(random.nextInt())), rarely(null, OptionalDouble.of(number())),
                    new ArrayList<>(Arrays.asList(rarely(null, Optional.empty()), Optional.of(1))),
                    new HashMap<>(Map.of("a", Optional.empty())), sorted, map, names, Set.of(number()),
                    rarely(Locale.of("x", "", "y_z"), Locale.forLanguageTag("sr-Latn-RS")), tree(),
                    Arrays.asList(1, null));
        }
    }

    @Test
    void whatever_is_written_is_read_back_equal() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("replay with -Dtest.seed=" + seed);
        Values values = new Values(seed);
        int written = 0;
        for (int i = 0; i < 200; i++) {
            Noted noted = values.noted();
            EncodedEvent encoded;
            try {
                encoded = codec.encode(noted);
            } catch (CodecException refused) {
                continue;
            }
            written++;
            assertThat(codec.decode(encoded)).as("event %d of seed %d", i, seed).containsExactly(noted);
            Envelope envelope = Envelope.of(encoded.type(), 1, Payload.json(encoded.bytes()), Set.of(),
                    EventMetadata.at(Instant.EPOCH), null);
            assertThat(JsonEnvelope.read(JsonEnvelope.write(envelope))).isEqualTo(envelope);
        }
        assertThat(written).as("events of both kinds").isBetween(50, 195);
    }

    record Loose(String text) {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        Loose {}

        @JsonValue
        String lower() {
            return text.toLowerCase(Locale.ROOT);
        }
    }

    @Stored("keyed")
    record Keyed(Map<Loose, Integer> map) implements Event {}

    @Test
    void two_keys_of_one_text_are_refused() {
        JacksonEventCodec<Keyed> keyed = JacksonEventCodec.of(JacksonEventCodecTest.typeOf(Keyed.class));

        assertThat(keyed.decode(keyed.encode(new Keyed(Map.of(new Loose("a"), 1, new Loose("b"), 2)))))
                .containsExactly(new Keyed(Map.of(new Loose("a"), 1, new Loose("b"), 2)));
        assertThatThrownBy(() -> keyed.encode(new Keyed(Map.of(new Loose("a"), 1, new Loose("A"), 2))))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("two keys of a map have the text 'a'");
    }

    @Stored("decimal")
    record Decimals(BigDecimal decimal, Map<BigDecimal, Optional<BigDecimal>> map) implements Event {}

    /** The text of a decimal has an exponent that may be larger than any that is read. */
    @Test
    void a_decimal_whose_text_is_not_read_is_refused() {
        JacksonEventCodec<Decimals> decimals = JacksonEventCodec.of(JacksonEventCodecTest.typeOf(Decimals.class));
        for (BigInteger unscaled : List.of(BigInteger.ZERO, BigInteger.ONE, BigInteger.TEN.pow(30).negate())) {
            for (int scale : new int[]{Integer.MIN_VALUE, Integer.MIN_VALUE + 1, Integer.MIN_VALUE + 2,
                    Integer.MIN_VALUE + 31, Integer.MIN_VALUE + 32, Integer.MAX_VALUE - 31, Integer.MAX_VALUE}) {
                BigDecimal decimal = new BigDecimal(unscaled, scale);
                for (Decimals event : List.of(new Decimals(decimal, Map.of()),
                        new Decimals(BigDecimal.ONE, Map.of(decimal, Optional.empty())),
                        new Decimals(BigDecimal.ONE, Map.of(BigDecimal.ONE, Optional.of(decimal))))) {
                    EncodedEvent encoded;
                    try {
                        encoded = decimals.encode(event);
                    } catch (UnwritableException refused) {
                        assertThat(refused).hasMessageContaining("exponent");
                        assertThat(-(long) scale + decimal.precision() - 1).isGreaterThan(Integer.MAX_VALUE);
                        continue;
                    }
                    assertThat(decimals.decode(encoded)).containsExactly(event);
                }
            }
        }
    }

    enum Numbered {
        ONE(1), TWO(2);

        private final int number;

        Numbered(int number) {
            this.number = number;
        }

        @JsonValue
        int number() {
            return number;
        }
    }

    enum Coded {
        ONE, TWO;

        @JsonValue
        String code() {
            return "c" + name();
        }
    }

    enum Labelled {
        ONE, TWO;

        @JsonKey
        String label() {
            return "l" + name();
        }
    }

    enum Named {
        @JsonProperty("the one")
        ONE, TWO;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Stored("enums")
    record Enums<T extends Enum<T>>(Map<T, T> map, EnumMap<T, Integer> enumMap, T one) {}

    record OfNumbered(Enums<Numbered> enums) {}

    record OfCoded(Enums<Coded> enums) {}

    record OfLabelled(Enums<Labelled> enums) {}

    record OfNamed(Enums<Named> enums) {}

    record AnyEnum(Set<Enum<?>> set, Map<Enum<?>, Integer> map) {}

    @Test
    void an_enum_of_which_nobody_can_tell_the_class_is_refused() {
        assertThat(JsonTypes.problems(AnyEnum.class)).hasSize(2);
    }

    /** Also where the enum has a form of its own: it is read back, or refused when the aggregate is registered. */
    @Test
    void an_enum_is_read_back_as_the_key_of_a_map() throws Exception {
        for (Object written : List.of(
                new OfNumbered(new Enums<>(Map.of(Numbered.TWO, Numbered.ONE), new EnumMap<>(Map.of(Numbered.ONE, 1)),
                        Numbered.TWO)),
                new OfCoded(new Enums<>(Map.of(Coded.TWO, Coded.ONE), new EnumMap<>(Map.of(Coded.ONE, 1)), Coded.TWO)),
                new OfLabelled(new Enums<>(Map.of(Labelled.TWO, Labelled.ONE),
                        new EnumMap<>(Map.of(Labelled.ONE, 1)), Labelled.TWO)),
                new OfNamed(new Enums<>(Map.of(Named.ONE, Named.TWO), new EnumMap<>(Map.of(Named.ONE, 1)),
                        Named.TWO)))) {
            List<String> problems = JsonTypes.problems(written.getClass());
            if (written instanceof OfLabelled) {
                assertThat(problems).anyMatch(problem -> problem.contains(Labelled.class.getName()));
            } else {
                assertThat(problems).isEmpty();
                byte[] json = DomainJson.mapper().writeValueAsBytes(written);
                assertThat((Object) DomainJson.mapper().readValue(json, written.getClass())).isEqualTo(written);
            }
        }
    }

    record Iban(@Nullable @JsonValue String text) {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        Iban {}
    }

    record Middle(@JsonValue Optional<String> text) {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        Middle {}
    }

    @Stored("transfer")
    record Transfer(@Nullable Iban iban, Optional<Middle> middle, List<Iban> more) implements Event {}

    @Test
    void a_value_that_is_written_as_null_is_refused() {
        JacksonEventCodec<Transfer> transfers = JacksonEventCodec.of(JacksonEventCodecTest.typeOf(Transfer.class));
        Transfer fine = new Transfer(null, Optional.of(new Middle(Optional.of("x"))), List.of(new Iban("a")));

        assertThat(transfers.decode(transfers.encode(fine))).containsExactly(fine);
        for (Transfer lost : List.of(new Transfer(new Iban(null), Optional.empty(), List.of()),
                new Transfer(null, Optional.of(new Middle(Optional.empty())), List.of()),
                new Transfer(null, Optional.empty(), List.of(new Iban(null))))) {
            assertThatThrownBy(() -> transfers.encode(lost)).isInstanceOf(UnwritableException.class)
                    .hasMessageContaining("is written as null");
        }
    }

    @Stored("deep")
    record Deep(Tree tree) implements Event {}

    /** The deepest that is written is read on a thread with the stack of any other. */
    @Test
    void what_is_too_deep_is_refused_and_the_deepest_is_read() throws Exception {
        JacksonEventCodec<Deep> deep = JacksonEventCodec.of(JacksonEventCodecTest.typeOf(Deep.class));
        Tree tree = new Tree.Leaf(1);
        Deep deepest = new Deep(tree);
        while (true) {
            tree = new Tree.Node(List.of(), Optional.of(tree));
            Deep deeper = new Deep(tree);
            try {
                deep.encode(deeper);
            } catch (CodecException refused) {
                assertThat(refused).hasMessageContaining("nesting depth");
                break;
            }
            deepest = deeper;
        }
        Deep wanted = deepest;
        List<Object> read = new ArrayList<>();
        Thread thread = new Thread(null, () -> {
            try {
                read.addAll(deep.decode(deep.encode(wanted)));
            } catch (Throwable failed) {
                read.add(failed);
            }
        }, "small stack", 1 << 20);
        thread.start();
        thread.join();
        assertThat(read).containsExactly(wanted);
    }

    @Test
    void metadata_that_utf_8_does_not_have_is_refused() {
        String odd = "a\uD800";
        assertThat(new EventMetadata(Instant.EPOCH, null, null, null, Map.of("\uD83D\uDE00", "x")).headers())
                .hasSize(1);
        for (Runnable wrong : List.<Runnable>of(
                () -> new EventMetadata(Instant.EPOCH, odd, null, null, Map.of()),
                () -> new EventMetadata(Instant.EPOCH, null, odd, null, Map.of()),
                () -> new EventMetadata(Instant.EPOCH, null, null, odd, Map.of()),
                () -> new EventMetadata(Instant.EPOCH, null, null, null, Map.of(odd, "x")),
                () -> new EventMetadata(Instant.EPOCH, null, null, null, Map.of("x", "\uDC00\uD800")),
                () -> dev.allframe.command.CommandOptions.withCommandId(odd),
                () -> dev.allframe.command.CommandOptions.none().withHeader("x", odd),
                () -> dev.allframe.aggregate.Decision.refuse("code", odd),
                () -> dev.allframe.aggregate.Decision.refuse("code", Map.of("x", odd)),
                () -> Envelope.of("a.b", 1, Payload.json(new byte[0]), Set.of(odd), EventMetadata.at(Instant.EPOCH),
                        null))) {
            assertThatThrownBy(wrong::run).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("unpaired surrogate");
        }
    }

    @Test
    void an_envelope_of_any_size_is_read() {
        Map<String, String> headers = Map.of("n".repeat(60_000), "v".repeat(21_000_000));
        Envelope envelope = Envelope.of("a.b", 1, Payload.json("{}".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                Set.of("t".repeat(60_000)), new EventMetadata(Instant.EPOCH, "id", null, null, headers), null);

        assertThat(JsonEnvelope.read(JsonEnvelope.write(envelope))).isEqualTo(envelope);
    }

    record Say(String text, Set<String> set, Character letter) implements dev.allframe.aggregate.Command {}

    @Stored("said")
    record Said(String text, List<String> list, Set<String> set, Map<String, String> map, char letter)
            implements
                Event {}

    /** JSON has an escape for it where it is a value; the key of a map with it would not be read. */
    @Test
    void an_unpaired_surrogate_is_read_back_equal_as_a_value_and_refused_as_a_key() {
        JacksonEventCodec<Said> said = JacksonEventCodec.of(JacksonEventCodecTest.typeOf(Said.class));
        Set<String> fingerprints = new HashSet<>();
        for (String odd : List.of("\uD800", "a\uDFFF", "\uDC00\uD800")) {
            Said event = new Said(odd, List.of(odd), Set.of(odd), Map.of("a", odd), odd.charAt(0));
            EncodedEvent encoded = said.encode(event);

            assertThat(said.decode(encoded)).containsExactly(event);
            assertThat(Envelope.of(encoded.type(), 1, Payload.json(encoded.bytes()), Set.of(),
                    EventMetadata.at(Instant.EPOCH), null))
                    .satisfies(envelope -> assertThat(JsonEnvelope.read(JsonEnvelope.write(envelope)))
                            .isEqualTo(envelope));
            assertThatThrownBy(() -> said.encode(new Said("", List.of(), Set.of(), Map.of(odd, ""), 'a')))
                    .isInstanceOf(UnwritableException.class)
                    .hasMessageContaining("unpaired surrogate");
            for (Say command : List.of(new Say(odd, Set.of(), 'a'), new Say("", Set.of(odd), 'a'))) {
                assertThat(fingerprints.add(CommandFingerprint.of(command))).as("one of its own").isTrue();
            }
        }
    }
}
