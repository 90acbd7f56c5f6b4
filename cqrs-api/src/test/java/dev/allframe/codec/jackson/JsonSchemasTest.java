package dev.allframe.codec.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Since;
import dev.allframe.aggregate.Stored;
import dev.allframe.aggregate.WriteCheck;
import dev.allframe.codec.CodecException;
import dev.allframe.schema.Compatibility;
import dev.allframe.schema.TypeSchema;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class JsonSchemasTest {

    private static final int PAIRS = Integer.getInteger("schema.pairs", 600);
    private static final int SAMPLES = 300;

    sealed interface Noted extends Event {}

    sealed interface Means {}

    @Stored("card")
    record Card(String number) implements Means {}

    @Stored("cash")
    record Cash() implements Means {}

    record Money(BigDecimal amount, String currency) {}

    record Part(String name, List<Part> parts) {}

    @SuppressWarnings("ArrayRecordComponent") // compared nowhere
    @Stored(value = "everything", version = 3)
    record Everything(String text, char letter, boolean truth, int small, Long large, BigInteger huge, double number,
            BigDecimal decimal, Money money, Means means, DayOfWeek day, Instant at, LocalDate date, Duration time,
            UUID id, byte[] bytes, List<Money> list, Set<Integer> set, String[] array, Map<String, Money> map,
            Optional<String> optional, @Nullable String nullable, Part part,
            @Since(version = 3, defaultValue = "x") String added) implements Noted {}

    @Stored("small")
    record Small(int count) implements Noted {}

    private static final class Notes implements Aggregate<Command, Noted, Integer> {

        @Override
        public Integer initialState() {
            return 0;
        }

        @Override
        public Decision<Noted> decide(Integer state, Command command) {
            return Decision.noChange();
        }

        @Override
        public Integer evolve(Integer state, Noted event) {
            return state;
        }
    }

    private static final AggregateType<Command, Noted, Integer> NOTES = AggregateType
            .named("notes", Command.class, Noted.class, Integer.class, new Notes())
            .snapshotEvery(0);

    private static final TypeSchema EVERYTHING = JsonSchemas.of(NOTES).get(0);
    private static final TypeSchema SMALL = JsonSchemas.of(NOTES).get(1);

    private static Everything everything(Part part, @Nullable String nullable) {
        Money money = new Money(new BigDecimal("12.50"), "CZK");
        return new Everything("text", 'x', true, -5, Long.MIN_VALUE, BigInteger.TEN.pow(40), 0.25,
                new BigDecimal("1E+3"), money, new Card("42"), DayOfWeek.MONDAY,
                Instant.parse("2026-03-01T10:00:00.1Z"),
                LocalDate.parse("2026-03-01"), Duration.ofSeconds(90), new UUID(1, 2), new byte[]{1, 2, 3},
                List.of(money), Set.of(7), new String[]{"a"}, Map.of("k", money), Optional.of("o"), nullable, part,
                "y");
    }

    private static JsonSchema validator(TypeSchema schema) {
        return JsonSchemaFactory.getInstance(VersionFlag.V202012)
                .getSchema(JsonSchemas.write(schema),
                        SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build());
    }

    private static JsonNode json(Noted event) throws java.io.IOException {
        return DomainJson.mapper().readTree(JacksonEventCodec.of(NOTES).encode(event).bytes());
    }

    @Test
    void what_is_stored_is_valid_by_its_schema() throws java.io.IOException {
        JsonSchema schema = validator(EVERYTHING);

        for (Part part : List.of(new Part("a", List.of()),
                new Part("a", List.of(new Part("b", List.of(new Part("c", List.of()))))))) {
            assertThat(schema.validate(json(everything(part, null)))).isEmpty();
            assertThat(schema.validate(json(everything(part, "n")))).isEmpty();
        }
        assertThat(schema.validate(json(new Small(1)))).isNotEmpty();
    }

    @Test
    void a_schema_can_be_read_again() {
        JsonSchemas.of(NOTES)
                .forEach(schema -> assertThat(JsonSchemas.read(JsonSchemas.write(schema)))
                        .isEqualTo(schema));
        assertThatThrownBy(() -> JsonSchemas.read("[")).isInstanceOf(CodecException.class);
        assertThatThrownBy(() -> JsonSchemas.read("{\"type\":\"colour\"}")).isInstanceOf(CodecException.class)
                .hasMessageContaining("not a schema of ours");
    }

    @Test
    void a_schema_is_the_same_text_every_time() {
        assertThat(JsonSchemas.write(SMALL)).isEqualTo("""
                {
                  "$schema" : "https://json-schema.org/draft/2020-12/schema",
                  "title" : "notes.small",
                  "x-version" : 1,
                  "type" : "object",
                  "properties" : {
                    "count" : {
                      "type" : "integer",
                      "minimum" : -2147483648,
                      "maximum" : 2147483647
                    }
                  },
                  "required" : [ "count" ],
                  "additionalProperties" : false
                }
                """);
    }

    record Box<T>(T value) {}

    @Stored("boxed")
    record Boxed(Box<Box<String>> value) {}

    @Test
    void a_class_inside_of_itself_with_other_arguments_is_not_recursive() {
        TypeSchema schema = SchemaOfClass.of("notes.boxed", 1, Boxed.class);
        assertThat(schema.definitions()).isEmpty();
        assertThat(JsonSchemas.write(schema)).contains("\"type\" : \"string\"");
    }

    record Iban(@JsonValue String text) {}

    enum Tone {
        @JsonProperty("glad")
        HIGH, @JsonProperty("sad")
        LOW
    }

    record Code(int number) {

        @JsonCreator
        Code {}

        @JsonValue
        @Override
        public int number() {
            return number;
        }
    }

    @SuppressWarnings("UnusedVariable") // Jackson reads them
    static final class Bean {
        @JsonProperty("kept")
        private String value = "v";
        @JsonIgnore
        private int cached = 7;
    }

    @Stored(value = "annotated", ignoreUnknown = true)
    record Annotated(Iban iban, Tone tone, Code code, @JsonProperty("renamed") String named, Bean bean,
            Map<Tone, Integer> tones, Map<Integer, Set<String>> sets) implements Event {}

    /** What Jackson's own annotations change is asked of Jackson. */
    @Test
    void the_schema_of_an_annotated_class_is_that_of_what_is_written() throws java.io.IOException {
        TypeSchema schema = SchemaOfClass.of("notes.annotated", 1, Annotated.class);
        JsonNode json = DomainJson.mapper()
                .valueToTree(new Annotated(new Iban("CZ1"), Tone.HIGH, new Code(7), "n", new Bean(),
                        Map.of(Tone.LOW, 1), Map.of(5, Set.of("a"))));

        assertThat(json).isEqualTo(DomainJson.mapper()
                .readTree(
                        """
                                {"iban":"CZ1","tone":"glad","code":7,"renamed":"n","bean":{"kept":"v"},"tones":{"sad":1},"sets":{"5":["a"]}}"""));
        assertThat(validator(schema).validate(json)).isEmpty();
        assertThat(SchemaViolations.of(schema, json)).isEmpty();
        assertThat(JsonSchemas.read(JsonSchemas.write(schema))).isEqualTo(schema);
        assertThat(JsonSchemas.write(schema)).contains("\"kept\"", "\"renamed\"", "\"glad\"", "\"uniqueItems\" : true",
                "\"propertyNames\"", "\"additionalProperties\" : true").doesNotContain("cached", "HIGH", "\"named\"");
    }

    @SuppressWarnings("ArrayRecordComponent") // compared nowhere
    @Stored("formatted")
    record Formatted(@JsonFormat(pattern = "dd.MM.yyyy") LocalDate on,
            @JsonFormat(shape = JsonFormat.Shape.NUMBER) BigDecimal amount, char[] letters, char letter, float single,
            List<@Nullable String> items, Map<String, @Nullable Integer> values, @Nullable String[] array,
            ZonedDateTime at) implements Event {}

    @Test
    void the_schema_of_what_is_written_in_another_way_is_that_of_what_is_written() throws java.io.IOException {
        TypeSchema schema = SchemaOfClass.of("notes.formatted", 1, Formatted.class);
        Map<String, @Nullable Integer> values = new HashMap<>();
        values.put("a", null);
        Formatted formatted = new Formatted(LocalDate.of(2026, 3, 1), new BigDecimal("1.5"), new char[]{'a', 'b'}, 'c',
                0.5f, Arrays.asList("a", null), values, new String[]{null},
                ZonedDateTime.parse("2026-03-01T10:00:00+01:00[Europe/Prague]"));
        JsonNode json = DomainJson.mapper().valueToTree(formatted);

        assertThat(validator(schema).validate(json)).isEmpty();
        assertThat(SchemaViolations.of(schema, json)).isEmpty();
        assertThat(DomainJson.mapper().treeToValue(json, Formatted.class).at()).isEqualTo(formatted.at());
        assertThat(JsonSchemas.read(JsonSchemas.write(schema))).isEqualTo(schema);
    }

    @Stored("plain")
    record Plain(String letter, double number, LocalDate on, List<@Nullable String> items) implements Event {}

    @Stored("plain")
    record Narrow(char letter, float number, @JsonFormat(pattern = "dd.MM.yyyy") LocalDate on,
            List<String> items) implements Event {}

    @Test
    void what_a_class_cannot_read_is_a_difference() {
        assertThat(Compatibility.differences(SchemaOfClass.of("notes.plain", 1, Plain.class),
                SchemaOfClass.of("notes.plain", 1, Narrow.class))).extracting(Object::toString)
                .containsExactlyInAnyOrder("letter: is text, and char is read",
                        "number: is a number, and a float is read", "on: is date, and dd.MM.yyyy is read",
                        "items[]: may be null, which is not read");
    }

    interface Open {}

    record Key(int number) {}

    @Stored("unfit")
    record Unfit(@JsonIgnore String ignored, @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String absent,
            Open open, Map<Key, String> keys, List<?> anything, Object any, Stream<String> stream, Thread thread,
            Box<Means> boxed, @JsonUnwrapped Money money, InputStream input) implements Event {}

    @Test
    void what_could_not_be_read_again_is_refused() {
        String in = " of " + Unfit.class.getName();
        assertThat(JsonTypes.problems(Unfit.class)).satisfiesExactlyInAnyOrder(
                problem -> assertThat(problem).startsWith("component open" + in + " has the type ")
                        .contains("nobody can tell the class"),
                problem -> assertThat(problem).startsWith("component keys" + in + " cannot be read from JSON"),
                problem -> assertThat(problem).startsWith("component anything" + in + " has no type"),
                problem -> assertThat(problem).startsWith("component any" + in + " has no type"),
                problem -> assertThat(problem).startsWith("component stream" + in + " has the type java.util.stream"),
                problem -> assertThat(problem).startsWith("component thread" + in + " cannot be read"),
                problem -> assertThat(problem).startsWith("component input" + in + " has the type java.io"));
        assertThat(JsonTypes.of(Unfit.class).inside()).contains(Means.class, Card.class, Key.class);
    }

    @Stored("unfit")
    record LeftOut(@JsonIgnore String ignored, @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String absent,
            @JsonUnwrapped Money money) implements Event {}

    @Test
    void what_is_not_written_and_is_missed_is_refused() {
        String in = " of " + LeftOut.class.getName();
        assertThat(JsonTypes.problems(LeftOut.class)).satisfiesExactlyInAnyOrder(
                problem -> assertThat(problem).startsWith("ignored" + in + " is not written to JSON"),
                problem -> assertThat(problem).startsWith("absent" + in + " is left out of JSON at times"),
                problem -> assertThat(problem).startsWith("money" + in + " is @JsonUnwrapped"));
    }

    @Test
    void what_does_not_fit_its_schema_is_rejected_where_that_is_asked_for() {
        Everything nulls = new Everything("text", 'x', true, -5, 1L, BigInteger.TEN, 0.25, BigDecimal.ONE,
                new Money(BigDecimal.ONE, nothing()), new Card("42"), DayOfWeek.MONDAY, Instant.EPOCH,
                LocalDate.EPOCH, Duration.ZERO, new UUID(1, 2), new byte[0], List.of(), Set.of(), new String[]{"a",
                        nothing()},
                Map.of(), Optional.empty(), null, new Part("a", List.of()), nothing());
        assertThat(JacksonEventCodec.of(NOTES).encode(nulls).version()).isEqualTo(3);
        assertThat(JacksonEventCodec.of(NOTES.checkWrites(WriteCheck.WARN)).encode(nulls).version()).isEqualTo(3);
        assertThat(JacksonEventCodec
                .of(NOTES.checkWrites(WriteCheck.REJECT).checkWrites(Everything.class, WriteCheck.OFF))
                .encode(nulls)
                .version()).isEqualTo(3);
        JacksonEventCodec<Noted> rejecting = JacksonEventCodec.of(NOTES.checkWrites(WriteCheck.REJECT));
        assertThatThrownBy(() -> rejecting.encode(nulls)).isInstanceOf(CodecException.class)
                .hasMessage(
                        "event notes.everything version 3 does not fit its schema: added: is null; array[]: is null; "
                                + "money.currency: is null");
        assertThat(rejecting.encode(everything(new Part("a", List.of()), null)).type()).isEqualTo("notes.everything");
    }

    /** A null where the class says that there is none. */
    @SuppressWarnings("NullAway")
    private static String nothing() {
        return null;
    }

    @Test
    void random_values_are_judged_as_an_independent_validator_does() throws java.io.IOException {
        Random random = new Random(seed());
        RandomSchemas schemas = new RandomSchemas(random, List.of(""));
        int valid = 0;
        for (int i = 0; i < PAIRS; i++) {
            var written = schemas.members(3);
            TypeSchema reader = new TypeSchema("a.b", 2, schemas.changed(written, 3), Map.of());
            JsonSchema judge = validator(reader);
            for (int sample = 0; sample < 10; sample++) {
                JsonNode value = DomainJson.mapper().readTree(schemas.written(written).toString());
                var violations = SchemaViolations.of(reader, value);
                assertThat(violations.isEmpty()).as("%s%n%s%n%s", reader.schema(), value, violations)
                        .isEqualTo(judge.validate(value).isEmpty());
                valid += violations.isEmpty() ? 1 : 0;
            }
        }
        assertThat(valid).as("values of both kinds").isBetween(PAIRS, PAIRS * 9);
    }

    private static long seed() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("replay with -Dtest.seed=" + seed);
        return seed;
    }

    /**
     * The judge is a validator of others: what is written by one schema is valid by another exactly if we say that it
     * can be read.
     */
    @Test
    void random_pairs_are_judged_as_an_independent_validator_does() throws java.io.IOException {
        long seed = seed();
        RandomSchemas schemas = new RandomSchemas(new Random(seed),
                List.of("", "date-time", "date", "uuid", "decimal"));
        int readable = 0;
        for (int i = 0; i < PAIRS; i++) {
            var written = schemas.members(3);
            TypeSchema writer = new TypeSchema("a.b", 1, written, Map.of());
            TypeSchema reader = new TypeSchema("a.b", 2, schemas.changed(written, 3), Map.of());
            var differences = Compatibility.differences(writer, reader);
            JsonSchema judge = validator(reader);
            String invalid = "";
            for (int sample = 0; sample < SAMPLES && invalid.isEmpty(); sample++) {
                JsonNode value = DomainJson.mapper()
                        .readTree(
                                schemas.written(written).toString().getBytes(StandardCharsets.UTF_8));
                var found = judge.validate(value);
                invalid = found.isEmpty() ? "" : value + ": " + found;
            }
            assertThat(invalid.isEmpty()).as("pair %d of seed %d%n%s%n%s%n%s%n%s", i, seed, written, reader.schema(),
                    differences, invalid).isEqualTo(differences.isEmpty());
            readable += differences.isEmpty() ? 1 : 0;
        }
        assertThat(readable).as("pairs of both kinds").isBetween(PAIRS / 10, PAIRS * 9 / 10);
    }
}
