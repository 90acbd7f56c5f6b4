package dev.allframe.codec.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Since;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.CodecException;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.InvalidDomainException;
import dev.allframe.codec.JsonObject;
import dev.allframe.codec.StoredValue;
import dev.allframe.codec.UnknownStoredTypeException;
import dev.allframe.codec.UnwritableException;
import dev.allframe.evolution.Upcasters;
import dev.allframe.schema.Schema;
import dev.allframe.schema.TypeSchema;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Values whose class an event does not know are objects of JSON inside of it. */
final class StoredValuesTest {

    private static final int OBJECTS = 400;

    /** Taken by some parsers. */
    private static final Pattern LARGE_EXPONENT = Pattern.compile("[0-9][eE][+-]?0*[1-9][0-9]{9}");

    sealed interface Happened extends Event {
        @Stored("begun")
        record Begun(StoredValue context, Optional<JsonObject> output, List<JsonObject> all,
                Map<String, JsonObject> byName, @Nullable JsonObject none) implements Happened {}

        @Stored(value = "ended", version = 2)
        record Ended(JsonObject output, @Since(version = 2, defaultValue = "{\"a\":[1.50]}") JsonObject more)
                implements
                    Happened {}
    }

    private final JacksonEventCodec<Happened> codec = JacksonEventCodec
            .of(JacksonEventCodecTest.typeOf(Happened.class));

    /** Reads numbers exactly, and knows nothing of AllFrame. */
    private static final ObjectMapper PLAIN = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private long seed;
    private Random random = new Random();
    private RandomJson json = new RandomJson(random);

    @BeforeEach
    void seed() {
        seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("replay with -Dtest.seed=" + seed);
        random = new Random(seed);
        json = new RandomJson(random);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static EncodedEvent begun(String context) {
        return new EncodedEvent("account.begun", 1, bytes("{\"context\":" + context
                + ",\"output\":null,\"all\":[],\"byName\":{},\"none\":null}"));
    }

    @Test
    void random_objects_are_stored_as_objects_and_read_back_equal_in_their_order() throws Exception {
        for (int i = 0; i < OBJECTS; i++) {
            RandomJson.Node node = json.object(5);
            JsonObject object = JsonObject.of(json.messy(node));
            JsonObject other = JsonObject.of(RandomJson.compact(json.object(3)));
            Happened.Begun event = new Happened.Begun(new StoredValue("transfer.context", 3, object),
                    random.nextBoolean() ? Optional.of(other) : Optional.empty(), List.of(object, other),
                    Map.of("one", other), null);

            EncodedEvent stored = codec.encode(event);
            Happened.Begun read = (Happened.Begun) codec.decode(stored).getFirst();

            String compact = RandomJson.compact(node);
            assertThat(object.text()).as("object %d of seed %d", i, seed).isEqualTo(compact);
            assertThat(read).as("object %d of seed %d", i, seed).isEqualTo(event);
            assertThat(read.context().data().text()).as("object %d of seed %d", i, seed).isEqualTo(compact);
            assertThat(PLAIN.readTree(stored.bytes()).at("/context/data")).as("object %d of seed %d", i, seed)
                    .isEqualTo(PLAIN.readTree(compact));
            assertThat(new String(stored.bytes(), StandardCharsets.UTF_8)).contains(
                    "{\"type\":\"transfer.context\",\"version\":3,\"data\":"
                            + compact.replace("\ud83d\ude00", "\\uD83D\\uDE00") + "}");
        }
    }

    record Start(Object any, JsonObject context) implements Command {}

    @Test
    void objects_are_equal_by_their_members_in_any_order_and_so_are_commands() throws Exception {
        int different = 0;
        for (int i = 0; i < OBJECTS; i++) {
            RandomJson.Node node = json.object(4);
            JsonObject one = JsonObject.of(json.messy(node));
            JsonObject same = JsonObject.of(json.messy(json.shuffled(node)));
            JsonObject other = JsonObject.of(RandomJson.compact(json.object(1)));

            assertThat(one).as("object %d of seed %d", i, seed).isEqualTo(same).hasSameHashCodeAs(same);
            assertThat(fingerprint(one)).as("object %d of seed %d", i, seed).isEqualTo(fingerprint(same));
            boolean equal = one.equals(other);
            assertThat(fingerprint(one).equals(fingerprint(other))).as("object %d of seed %d", i, seed)
                    .isEqualTo(equal);
            assertThat(PLAIN.readTree(one.text()).equals(PLAIN.readTree(other.text())) || !equal)
                    .as("object %d of seed %d", i, seed)
                    .isTrue();
            different += equal ? 0 : 1;
        }
        assertThat(different).isPositive();
        assertThat(JsonObject.of("{\"a\":-0}").text()).isEqualTo("{\"a\":0}");
        assertThat(JsonObject.of("{\"a\":1e2}")).isEqualTo(JsonObject.of("{\"a\":1E+2}"));
        for (String[] pair : new String[][]{{"1.0", "1.00"}, {"1", "1.0"}, {"0.0", "-0.0"}, {"1", "\"1\""},
                {"[1,2]", "[2,1]"}, {"null", "{}"}, {"\"a\"", "\"A\""}}) {
            assertThat(JsonObject.of("{\"a\":" + pair[0] + "}"))
                    .isNotEqualTo(JsonObject.of("{\"a\":" + pair[1] + "}"));
        }
    }

    private static String fingerprint(JsonObject object) {
        return CommandFingerprint.of(new Start(object, object));
    }

    @Test
    void a_text_is_taken_exactly_where_a_json_parser_takes_it() throws Exception {
        int refused = 0;
        for (int i = 0; i < OBJECTS * 5; i++) {
            StringBuilder text = new StringBuilder(json.messy(json.object(2)));
            String inserted = List.of("{", "}", "[", "]", ",", ":", "\"", "\\", "0", "-", ".", "e", "+", "t", "null",
                    "\\u12", " ", "\n").get(random.nextInt(18));
            int at = random.nextInt(text.length());
            switch (random.nextInt(3)) {
                case 0 -> text.deleteCharAt(at);
                case 1 -> text.insert(at, inserted);
                default -> text.replace(at, at + 1, inserted);
            }
            if (LARGE_EXPONENT.matcher(text).find()) {
                continue;
            }
            boolean taken = isTaken(text.toString());

            assertThat(taken).as("text %d of seed %d: %s", i, seed, text).isEqualTo(isObject(text.toString()));
            refused += taken ? 0 : 1;
        }
        assertThat(refused).as("texts that are refused").isBetween(OBJECTS, OBJECTS * 5 - 100);
    }

    private static boolean isTaken(String text) {
        try {
            JsonObject.of(text);
            return true;
        } catch (IllegalArgumentException unfit) {
            return false;
        }
    }

    private static boolean isObject(String text) {
        try {
            JsonNode tree = PLAIN.readTree(text);
            // an unpaired surrogate is taken by Jackson, and written as a question mark
            return tree.isObject() && StandardCharsets.UTF_8.newEncoder().canEncode(tree.toString());
        } catch (JsonProcessingException unfit) {
            return false;
        }
    }

    @Test
    void whatever_is_no_object_is_refused() {
        for (String text : List.of("", " ", "null", "1", "\"{}\"", "[]", "[{}]", "true", "{}{}", "{", "{\"a\":1,}",
                "{\"a\":1,\"a\":2}", "{\"a\":{\"b\":1,\"\\u0062\":1}}", "{a:1}", "{'a':1}", "{\"a\":01}",
                "{\"a\":NaN}", "{\"a\":.5}", "{\"a\":5.}", "{\"a\":+5}", "{\"a\":\"\\ud800\"}", "{\"\\udc00\":1}",
                "{\"a\":\"\n\"}", "{\"a\":1e1234567890}", "// {}", "{}\u00a0", "\ufeff{}", "{\"a\":\u0661}")) {
            assertThatThrownBy(() -> JsonObject.of(text)).as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageMatching("(?s)a JSON text .*, at character [0-9]+");
        }
        for (String text : List.of("null", "1", "\"{}\"", "\"e30=\"", "[]", "true", "{\"a\":1,\"a\":2}")) {
            for (String context : List.of("{\"type\":\"a\",\"version\":1,\"data\":" + text + "}")) {
                assertThatThrownBy(() -> codec.decode(begun(context))).as(context).isInstanceOf(CodecException.class);
            }
        }
        for (String context : List.of("{}", "{\"type\":\"a\",\"version\":1}", "{\"type\":\"a\",\"data\":{}}",
                "{\"version\":1,\"data\":{}}", "{\"type\":\"a\",\"version\":0,\"data\":{}}",
                "{\"type\":\" \",\"version\":1,\"data\":{}}", "{\"type\":\"a\",\"version\":1,\"data\":{},\"more\":1}",
                "{\"type\":\"a\",\"version\":\"1\",\"data\":{}}")) {
            assertThatThrownBy(() -> codec.decode(begun(context))).as(context).isInstanceOf(CodecException.class);
        }
    }

    private static JsonObject nested(int levels) {
        return JsonObject.of("{\"a\":".repeat(levels - 1) + "{}" + "}".repeat(levels - 1));
    }

    @Test
    void levels_are_counted_from_the_outermost_object_and_the_deepest_that_is_written_is_read() {
        Happened.Ended deepest = new Happened.Ended(nested(255), JsonObject.EMPTY);
        Happened.Ended tooDeep = new Happened.Ended(nested(256), JsonObject.EMPTY);

        assertThat(codec.decode(codec.encode(deepest)).getFirst()).isEqualTo(deepest);
        assertThatThrownBy(() -> codec.encode(tooDeep)).isInstanceOf(UnwritableException.class);
        assertThatThrownBy(() -> nested(257)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> JsonObject.of("{\"a\":" + "[".repeat(100_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("256 levels");
    }

    @Test
    void the_schema_is_that_of_any_object_and_the_class_has_no_problems() {
        TypeSchema schema = JsonSchemas.of(JacksonEventCodecTest.typeOf(Happened.class)).getLast();
        Schema anyObject = new Schema.Entries(new Schema.Text(""), new Schema.Anything());

        assertThat(JsonTypes.problems(Happened.Begun.class)).isEmpty();
        assertThat(((Schema.Members) schema.schema()).members().get("output"))
                .isEqualTo(new Schema.Member(anyObject, 0));
        assertThat(JsonSchemas.read(JsonSchemas.write(schema))).isEqualTo(schema);
        assertThat(JsonTypes.problems(Keyed.class)).hasSize(1);
    }

    record Keyed(Map<JsonObject, String> byObject, Set<JsonObject> objects) {}

    @Test
    void an_object_survives_the_way_of_an_old_event_to_today_s() {
        String stored = "{\"z\":1.50,\"a\":[12345678901234567890123.10,{\"b\":\"\\u00e9\"}]}";

        Happened.Ended read = (Happened.Ended) codec
                .decode(new EncodedEvent("account.ended", 1, bytes("{\"output\":" + stored + "}")))
                .getFirst();

        assertThat(read.output().text()).isEqualTo(stored.replace("\\u00e9", "é"));
        assertThat(read.more().text()).isEqualTo("{\"a\":[1.50]}");
    }

    sealed interface Effect {
        @Stored("call")
        record Call(JsonObject input) implements Effect {}
    }

    @Stored("effects")
    record Effects(List<Effect> effects) {}

    @Test
    void an_object_is_read_with_its_numbers_though_the_name_of_its_case_comes_behind_it() {
        JacksonValueCodec<Effects> codecOfEffects = JacksonValueCodec.of(Effects.class, "moves", List.of());
        String input = "{\"z\":1.50,\"a\":-0.0,\"b\":[0,1e2,12345678901234567890123]}";

        Effects read = codecOfEffects.decode(new StoredValue("moves.effects", 1,
                JsonObject.of("{\"effects\":[{\"input\":" + input + ",\"@type\":\"call\"}]}")));

        assertThat(((Effect.Call) read.effects().getFirst()).input().text()).isEqualTo(input);
        assertThat((Object) DomainJson.mapper().valueToTree(read).at("/effects/0/input/b/2").bigIntegerValue())
                .isEqualTo(new BigInteger("12345678901234567890123"));
    }

    @Stored("context")
    record Old(String from, String amount) {}

    sealed interface Way {
        @Stored("wire")
        record Wire(double rate) implements Way {}
    }

    @Stored(value = "transfer", version = 2)
    record Transfer(String id, BigDecimal amount, Way way, @Since(version = 2, defaultValue = "7") int days) {}

    private final JacksonValueCodec<Transfer> contexts = JacksonValueCodec.of(Transfer.class, "moves",
            List.of(Upcasters.json("order", 3).renamedTo("transfer", 1)));

    @Test
    void a_value_is_stored_under_its_name_and_read_from_older_forms() {
        Transfer transfer = new Transfer("t-1", new BigDecimal("100.00"), new Way.Wire(-0.0), 7);
        String old = "{\"id\":\"t-1\",\"amount\":\"100.00\",\"way\":{\"@type\":\"wire\",\"rate\":-0.0}";

        StoredValue stored = contexts.encode(transfer);

        assertThat(stored)
                .isEqualTo(new StoredValue("moves.transfer", 2, JsonObject.of(old + ",\"days\":7}")));
        assertThat(contexts.decode(stored)).isEqualTo(transfer);
        Transfer withZero = new Transfer("t-1", new BigDecimal("100.00"), new Way.Wire(0.5), 7);
        JsonObject older = JsonObject.of(old.replace("-0.0", "0.5") + "}");
        assertThat(contexts.decode(new StoredValue("moves.transfer", 1, older))).isEqualTo(withZero);
        assertThat(contexts.decode(new StoredValue("moves.order", 3, older))).isEqualTo(withZero);
        assertThat(contexts.versions()).hasToString("""
                moves.order 3 -> moves.transfer 1 (JSON) -> 2 (added days = 7)
                moves.transfer 1 -> 2 (added days = 7)
                moves.transfer 2""");
    }

    @Test
    void a_value_of_another_name_or_version_or_that_does_not_fit_is_not_read() {
        JsonObject data = contexts.encode(new Transfer("t-1", BigDecimal.ONE, new Way.Wire(1), 1)).data();

        for (StoredValue unknown : List.of(new StoredValue("moves.transfer", 3, data),
                new StoredValue("other.transfer", 2, data), new StoredValue("moves.order", 2, data))) {
            assertThatThrownBy(() -> contexts.decode(unknown)).as(unknown.toString())
                    .isInstanceOf(UnknownStoredTypeException.class);
        }
        for (StoredValue unfit : List.of(new StoredValue("moves.transfer", 2, JsonObject.EMPTY),
                new StoredValue("moves.transfer", 1, data))) {
            assertThatThrownBy(() -> contexts.decode(unfit)).as(unfit.toString())
                    .isInstanceOf(CodecException.class)
                    .isNotInstanceOf(UnknownStoredTypeException.class);
        }
    }

    @Stored("color")
    enum Color { RED }

    record Unnamed(String text) {}

    @Stored(value = "loose", ignoreUnknown = true)
    record Loose(Object any) {}

    @Test
    void a_class_that_cannot_be_stored_is_refused_at_the_start_with_every_problem() {
        for (Class<?> type : List.of(Color.class, Unnamed.class, Loose.class)) {
            assertThatThrownBy(() -> JacksonValueCodec.of(type, "moves", List.of())).as(type.getName())
                    .isInstanceOf(InvalidDomainException.class);
        }
        assertThatThrownBy(() -> JacksonValueCodec.of(Loose.class, "moves",
                List.of(Upcasters.json("order", 1).renamedTo("nothing", 1))))
                .isInstanceOfSatisfying(InvalidDomainException.class,
                        invalid -> assertThat(invalid.problems()).hasSize(3));
        assertThat(JacksonValueCodec.of(Old.class, "moves", List.of()).shape()).hasSize(16)
                .isNotEqualTo(contexts.shape());
    }
}
