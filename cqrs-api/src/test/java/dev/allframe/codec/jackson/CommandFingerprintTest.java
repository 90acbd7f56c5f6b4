package dev.allframe.codec.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Stored;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class CommandFingerprintTest {

    private static final int PAIRS = 800;

    record Pay(BigDecimal amount, Map<String, String> notes, Set<String> labels) implements Command {}

    record Refund(BigDecimal amount, Map<String, String> notes, Set<String> labels) implements Command {}

    @Test
    void it_is_the_same_on_every_node_and_after_every_start() {
        assertThat(CommandFingerprint.of(new Pay(new BigDecimal("1.50"), Map.of("a", "b"), Set.of("x"))))
                .isEqualTo("546eefe691f7ae29f59a395abc091885");
    }

    @Test
    void the_order_of_maps_and_sets_does_not_count() {
        Map<String, String> forwards = new LinkedHashMap<>();
        Map<String, String> backwards = new LinkedHashMap<>();
        for (int i = 0; i < 10; i++) {
            forwards.put("k" + i, "v");
            backwards.put("k" + (9 - i), "v");
        }

        assertThat(CommandFingerprint.of(new Pay(BigDecimal.ONE, forwards, forwards.keySet())))
                .isEqualTo(CommandFingerprint
                        .of(new Pay(BigDecimal.ONE, backwards, new LinkedHashSet<>(backwards.keySet()))));
    }

    record Kinds(Collection<Shape> collection, Iterable<Shape> iterable, Object any) implements Command {}

    @Test
    void the_order_of_a_set_does_not_count_where_any_collection_is_declared() {
        Set<Shape> forwards = new LinkedHashSet<>(List.of(new Shape.Circle(0), new Shape.Circle(1)));
        Set<Shape> backwards = new LinkedHashSet<>(List.of(new Shape.Circle(1), new Shape.Circle(0)));

        assertThat(CommandFingerprint.of(new Kinds(forwards, forwards, forwards)))
                .isEqualTo(CommandFingerprint.of(new Kinds(backwards, backwards, backwards)));
        assertThat(CommandFingerprint.of(new Kinds(List.copyOf(forwards), Set.of(), "")))
                .isNotEqualTo(CommandFingerprint.of(new Kinds(List.copyOf(backwards), Set.of(), "")))
                .isNotEqualTo(CommandFingerprint.of(new Kinds(forwards, Set.of(), "")));
    }

    @Test
    void another_command_or_other_contents_have_another() {
        Pay pay = new Pay(BigDecimal.ONE, Map.of(), Set.of());

        assertThat(List.of(CommandFingerprint.of(pay),
                CommandFingerprint.of(new Refund(BigDecimal.ONE, Map.of(), Set.of())),
                CommandFingerprint.of(new Pay(BigDecimal.TWO, Map.of(), Set.of())),
                CommandFingerprint.of(new Pay(BigDecimal.ONE, Map.of(), Set.of("a"))))).doesNotHaveDuplicates();
    }

    /** As a rule sees it: it can print an amount, or compare it by {@link BigDecimal#equals}. */
    @Test
    void the_scale_of_a_decimal_counts_as_it_does_for_equals() {
        assertThat(List.of(CommandFingerprint.of(new Pay(new BigDecimal("1"), Map.of(), Set.of())),
                CommandFingerprint.of(new Pay(new BigDecimal("1.0"), Map.of(), Set.of())),
                CommandFingerprint.of(new Pay(new BigDecimal("1.00"), Map.of(), Set.of())),
                CommandFingerprint.of(new Pay(new BigDecimal("1E+2"), Map.of(), Set.of())),
                CommandFingerprint.of(new Pay(new BigDecimal("100"), Map.of(), Set.of())))).doesNotHaveDuplicates();
        assertThat(CommandFingerprint.of(new Pay(new BigDecimal("1.00"), Map.of(), Set.of())))
                .isEqualTo(CommandFingerprint.of(new Pay(BigDecimal.valueOf(100, 2), Map.of(), Set.of())));
    }

    record Unwritable(boolean fails) implements Command {
        @JsonValue
        String json() {
            if (fails) {
                throw new IllegalStateException("cannot be written");
            }
            return "";
        }
    }

    record Good(String text) implements Command {}

    @Test
    void a_command_that_cannot_be_written_leaves_no_trace_in_the_next() {
        String before = CommandFingerprint.of(new Good("a"));

        assertThatThrownBy(() -> CommandFingerprint.of(new Unwritable(true))).isInstanceOf(RuntimeException.class);

        assertThat(CommandFingerprint.of(new Good("a"))).isEqualTo(before);
    }

    enum Color {
        RED, BLUE
    }

    sealed interface Shape {
        @Stored("circle")
        record Circle(int size) implements Shape {}

        @Stored("square")
        record Square(int size) implements Shape {}

        @Stored("group")
        record Group(Set<Shape> parts, Object label) implements Shape {}
    }

    record Box<T>(T value, Map<String, T> more) {}

    /** Generic containers of a user's own, one of them open to subclasses. */
    static class Bag<T> {

        private final List<T> items;

        Bag(List<T> items) {
            this.items = items;
        }

        @Override
        @SuppressWarnings("EqualsGetClass") // a subclass is another value
        public boolean equals(@Nullable Object other) {
            return other != null && other.getClass() == getClass() && ((Bag<?>) other).items.equals(items);
        }

        @Override
        public int hashCode() {
            return items.hashCode();
        }
    }

    static final class Sack<T> extends Bag<T> {
        Sack(List<T> items) {
            super(items);
        }
    }

    record Draw(Shape one, Set<Shape> set, Collection<Shape> collection, Iterable<Shape> iterable,
            Map<String, Shape> values, Map<Shape, Integer> keys, Map<BigDecimal, Integer> decimals,
            Optional<Shape> optional, Optional<Optional<Shape>> twice, List<Optional<Set<Shape>>> nested,
            Box<Shape> box, Box<Set<? extends Shape>> boxes, Bag<Shape> bag, List<? extends Shape> wild, Object any,
            @Nullable Number number, Comparable<?> comparable, Set<Object> objects, Map<Object, Object> mixed,
            Map<Color, Optional<Color>> colors, OptionalInt count, @JsonProperty("called") Set<Set<Integer>> sets)
            implements
                Command {}

    private static final List<Object> SCALARS = List.of("1", 1, 1L, 1.0, 1f, (short) 1, (byte) 1, '1', BigInteger.ONE,
            BigDecimal.ONE, new BigDecimal("1.0"), Color.RED, "RED", true, "true", "java.lang.Long", -0.0, 0.0,
            LocalDate.EPOCH, "1970-01-01");

    /** Random values of which many are alike, in containers of every kind and order. */
    @SuppressWarnings("NullAway") // nulls, whatever the types say
    private static final class Values {

        private final Random random;

        Values(long seed) {
            random = new Random(seed);
        }

        private <T> T oneOf(List<T> all) {
            return all.get(random.nextInt(all.size()));
        }

        Shape shape(int depth) {
            return switch (random.nextInt(depth > 0 ? 5 : 4)) {
                case 0, 1 -> new Shape.Circle(random.nextInt(2));
                case 2, 3 -> new Shape.Square(random.nextInt(2));
                default -> new Shape.Group(set(() -> shape(depth - 1)), any(depth - 1));
            };
        }

        Object any(int depth) {
            return switch (random.nextInt(depth > 0 ? 10 : 5)) {
                case 5 -> list(() -> any(depth - 1));
                case 6 -> set(() -> any(depth - 1));
                case 7 -> map(() -> oneOf(SCALARS), () -> any(depth - 1));
                case 8 -> random.nextBoolean() ? Optional.empty() : Optional.of(any(depth - 1));
                case 9 -> shape(depth - 1);
                default -> oneOf(SCALARS);
            };
        }

        <T> List<T> list(Supplier<T> item) {
            List<T> list = new ArrayList<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                list.add(item.get());
            }
            return list;
        }

        <T> Set<T> set(Supplier<T> item) {
            Set<T> set = new LinkedHashSet<>(list(item));
            return random.nextBoolean() ? set : Set.copyOf(set);
        }

        <K, V> Map<K, V> map(Supplier<K> key, Supplier<V> value) {
            Map<K, V> map = random.nextBoolean() ? new HashMap<>() : new LinkedHashMap<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                map.put(key.get(), value.get());
            }
            return map;
        }

        <T> Optional<T> optional(Supplier<T> value) {
            return switch (random.nextInt(4)) {
                case 0 -> null;
                case 1 -> Optional.empty();
                default -> Optional.of(value.get());
            };
        }

        private Map<BigDecimal, Integer> decimals() {
            Map<BigDecimal, Integer> decimals = new TreeMap<>(random.nextBoolean()
                    ? Comparator.<BigDecimal>naturalOrder()
                    : Comparator.<BigDecimal>reverseOrder());
            if (random.nextBoolean()) {
                decimals = new HashMap<>();
            }
            decimals.put(new BigDecimal("1.0"), random.nextInt(2));
            decimals.put(new BigDecimal(random.nextBoolean() ? "1.00" : "2"), 0);
            return decimals;
        }

        Draw draw() {
            Supplier<Shape> shape = () -> shape(2);
            return new Draw(shape(2), set(shape), random.nextBoolean() ? list(shape) : set(shape),
                    random.nextBoolean() ? list(shape) : set(shape), map(() -> oneOf(List.of("a", "b")), shape),
                    map(shape, () -> 1), decimals(), optional(shape), optional(() -> optional2(shape)),
                    list(() -> optional(() -> set(shape))), new Box<>(shape(1), map(() -> "a", shape)),
                    new Box<>(set(shape), Map.of()),
                    random.nextBoolean() ? new Bag<>(list(shape)) : new Sack<>(list(shape)),
                    list(shape), any(2), (Number) oneOf(Arrays.asList(1, 1L, 1.0, BigDecimal.ONE, null)),
                    (Comparable<?>) oneOf(SCALARS), set(() -> any(1)), map(() -> oneOf(SCALARS), () -> any(1)),
                    map(() -> oneOf(List.of(Color.values())), () -> optional(() -> Color.RED)),
                    oneOf(Arrays.asList(null, OptionalInt.empty(), OptionalInt.of(1))),
                    set(() -> set(() -> random.nextInt(12))));
        }

        private <T> Optional<T> optional2(Supplier<T> value) {
            return random.nextBoolean() ? Optional.empty() : Optional.of(value.get());
        }

        /** Another one, in which one component is of another. */
        Draw changed(Draw draw, Draw other) throws ReflectiveOperationException {
            RecordComponent[] components = Draw.class.getRecordComponents();
            Object[] values = new Object[components.length];
            int changed = random.nextInt(components.length);
            for (int i = 0; i < values.length; i++) {
                values[i] = components[i].getAccessor().invoke(i == changed ? other : draw);
            }
            Constructor<?> constructor = Draw.class.getDeclaredConstructors()[0];
            return (Draw) constructor.newInstance(values);
        }
    }

    @Test
    void fingerprints_are_equal_exactly_where_commands_are() throws ReflectiveOperationException {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("replay with -Dtest.seed=" + seed);
        Values values = new Values(seed);
        int equal = 0;
        for (int i = 0; i < PAIRS; i++) {
            Draw draw = values.draw();
            Draw changed = values.changed(draw, values.draw());
            assertThat(CommandFingerprint.of(changed).equals(CommandFingerprint.of(draw)))
                    .as("pair %d of seed %d%n%s%n%s", i, seed, draw, changed)
                    .isEqualTo(changed.equals(draw) && draw.equals(changed));
            equal += changed.equals(draw) ? 1 : 0;
        }
        assertThat(equal).as("pairs of both kinds").isBetween(PAIRS / 20, PAIRS - PAIRS / 20);
    }

    @SuppressWarnings("ArrayRecordComponent") // compared nowhere
    record Arrays2(Shape[] shapes, Object[] any, Optional<Shape>[] optionals, int[] numbers) implements Command {}

    @Test
    @SuppressWarnings({"unchecked", "rawtypes", "NullAway"})
    void the_type_of_what_is_in_an_array_counts() {
        assertThat(Stream.of(
                new Arrays2(new Shape[]{new Shape.Circle(1)}, new Object[0], new Optional[0], new int[0]),
                new Arrays2(new Shape[]{new Shape.Square(1)}, new Object[0], new Optional[0], new int[0]),
                new Arrays2(new Shape[0], new Object[]{1}, new Optional[0], new int[0]),
                new Arrays2(new Shape[0], new Object[]{1L}, new Optional[0], new int[0]),
                new Arrays2(new Shape[0], new Object[0], new Optional[]{Optional.empty()}, new int[0]),
                new Arrays2(new Shape[0], new Object[0], new Optional[]{null}, new int[0]),
                new Arrays2(new Shape[0], new Object[0], new Optional[0], new int[]{1}))
                .map(CommandFingerprint::of)).doesNotHaveDuplicates();
    }

    /** Items that are objects of their own. */
    interface Line extends Iterable<Integer> {}

    record Open(List<Integer> points) implements Line {
        @Override
        public Iterator<Integer> iterator() {
            return points.iterator();
        }
    }

    record Closed(List<Integer> points) implements Line {
        @Override
        public Iterator<Integer> iterator() {
            return points.iterator();
        }
    }

    enum Paint {
        RED, BLUE
    }

    sealed interface Alike {
        record Same(int size) implements Alike {}

        final class Inner {
            record Same(int size) implements Alike {}

            private Inner() {}
        }
    }

    record Odd(Iterable<Integer> items, List<Line> lines, Map<Enum<?>, Integer> keys, Set<Enum<?>> enums,
            Map.@Nullable Entry<Object, Object> entry, Map.@Nullable Entry<Shape, Shape> shapes, Set<Alike> alike,
            Object any) implements Command {

        static Odd items(Iterable<Integer> items, Line... lines) {
            return new Odd(items, List.of(lines), Map.of(), Set.of(), null, null, Set.of(), "");
        }

        static Odd enums(Map<Enum<?>, Integer> keys, Enum<?>... enums) {
            return new Odd(List.of(), List.of(), keys, Set.of(enums), null, null, Set.of(), "");
        }

        static Odd entry(Map.Entry<Object, Object> entry) {
            return new Odd(List.of(), List.of(), Map.of(), Set.of(), entry, null, Set.of(), "");
        }

        static Odd shapes(Map.Entry<Shape, Shape> shapes) {
            return new Odd(List.of(), List.of(), Map.of(), Set.of(), null, shapes, Set.of(), "");
        }

        static Odd any(Object any, Alike... alike) {
            return new Odd(List.of(), List.of(), Map.of(), Set.of(), null, null, Set.of(alike), any);
        }
    }

    /** Commands with such components are not registered; their fingerprints tell them apart all the same. */
    @Test
    void the_type_of_what_has_items_and_of_what_has_the_name_of_another_counts() {
        Shape circle = new Shape.Circle(1);
        Shape square = new Shape.Square(1);

        assertThat(Stream.of(Odd.items(List.of(1)), Odd.items(new Open(List.of(1))),
                Odd.items(new Closed(List.of(1))), Odd.items(List.of(), new Open(List.of(1))),
                Odd.items(List.of(), new Closed(List.of(1))), Odd.enums(Map.of(Color.RED, 1)),
                Odd.enums(Map.of(Paint.RED, 1)), Odd.enums(Map.of(), Color.RED), Odd.enums(Map.of(), Paint.RED),
                Odd.entry(Map.entry(1, 1)), Odd.entry(Map.entry(1L, 1)), Odd.entry(Map.entry(1, 1L)),
                Odd.entry(Map.entry("1", 1)), Odd.shapes(Map.entry(circle, square)),
                Odd.shapes(Map.entry(square, square)), Odd.shapes(Map.entry(square, circle)),
                Odd.any("", new Alike.Same(1)), Odd.any("", new Alike.Inner.Same(1)),
                Odd.any(Map.entry(circle, 1)), Odd.any(Map.entry(square, 1)))
                .map(CommandFingerprint::of)).doesNotHaveDuplicates();
        assertThat(CommandFingerprint.of(Odd.entry(Map.entry(1, circle))))
                .isEqualTo(CommandFingerprint.of(Odd.entry(new AbstractMap.SimpleEntry<>(1, circle))));
        assertThat(CommandFingerprint.of(Odd.any(Map.entry(1, circle))))
                .isEqualTo(CommandFingerprint.of(Odd.any(new AbstractMap.SimpleEntry<>(1, circle))));
    }

    @SuppressWarnings("ArrayRecordComponent") // compared nowhere
    record Told(Shape shape, List<Shape> list, Map<Integer, Shape> map, Optional<Shape> some, Optional<Shape> none,
            Set<String> texts, Set<BigDecimal> decimals, Set<Color> colors, Map<Color, List<Integer>> lists,
            double number,
            Instant at, byte[] bytes, @Nullable String absent, UUID id, Box<Integer> box, ZonedDateTime zoned)
            implements
                Command {}

    /** The fingerprint that builds had which did not write the types of all values: it is in stores. */
    @Test
    void where_the_declared_type_tells_the_class_the_fingerprint_is_that_of_earlier_builds() {
        Shape circle = new Shape.Circle(1);
        assertThat(CommandFingerprint.of(new Told(circle, List.of(circle, new Shape.Square(2)), Map.of(10, circle, 9,
                circle), Optional.of(circle), Optional.empty(), Set.of("b", "a"),
                Set.of(BigDecimal.TEN,
                        new BigDecimal("9.50")),
                Set.of(Color.RED, Color.BLUE), Map.of(Color.BLUE, List.of(2, 1), Color.RED, List.of()), 0.1,
                Instant.EPOCH, new byte[]{1}, null, new UUID(1, 2), new Box<>(1, Map.of()),
                ZonedDateTime.parse("2026-03-01T10:00:00+01:00[Europe/Prague]"))))
                .isEqualTo("51b6eebd68a5756855d468e68244cffe");
    }
}
