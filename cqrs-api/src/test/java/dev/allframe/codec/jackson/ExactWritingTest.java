package dev.allframe.codec.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.CodecException;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
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
}
