package dev.allframe.projection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Year;
import java.time.YearMonth;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Keys as they were first written, which stand in every generation: they have these bytes for ever. */
class GoldenKeysTest {

    private static final String GOLDEN = "/golden/keys-v1/keys.txt";

    record Part(String text, DayOfWeek day) {}

    record Whole(Part part, int number, boolean flag) {}

    /** Some of each class, the text of the first so that a reader sees where it begins. */
    private static final List<Object> VALUES = List.of("", "Ann", "a\0b", "\u00e9\u20ac", "\ud83d\ude00",
            Long.MIN_VALUE, -1L, 258L, -258, 7, (short) -2, (byte) 3, false, true, -1.5, 0.0, 1.5,
            new BigDecimal("-12.5"), new BigDecimal("-0.001"), BigDecimal.ZERO, new BigDecimal("0.5"),
            new BigDecimal("1E+2"), new BigDecimal("1234.5"), BigInteger.valueOf(-120), BigInteger.TEN,
            UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"), Instant.parse("2026-03-01T10:00:00.123456789Z"),
            Instant.parse("1969-12-31T23:59:59.5Z"), Duration.ofMillis(-1), LocalDate.of(1993, 5, 31),
            LocalTime.of(1, 2, 3, 4), LocalDateTime.of(1993, 5, 31, 1, 2, 3, 4), YearMonth.of(1993, 5), Year.of(-1),
            DayOfWeek.FRIDAY, new Part("Ann", DayOfWeek.MONDAY),
            new Whole(new Part("", DayOfWeek.SUNDAY), -1, true));

    @SuppressWarnings("unchecked") // the keys of the value's own class
    private static <V> Keys<V> keysOf(V value) {
        return Keys.of((Class<V>) value.getClass());
    }

    private static String hex(Object value) {
        return HexFormat.of().formatHex(keysOf(value).encode(value));
    }

    private static String line(Object value) {
        return hex(value) + " " + value.getClass().getSimpleName() + " "
                + String.valueOf(value).replace("\0", "\\0") + " as " + keysOf(value).description();
    }

    private static List<String> golden() throws IOException {
        try (InputStream in = GoldenKeysTest.class.getResourceAsStream(GOLDEN)) {
            return new String(Objects.requireNonNull(in, GOLDEN).readAllBytes(), StandardCharsets.UTF_8).lines()
                    .toList();
        }
    }

    /** Writes the golden file; only ever run when a class of keys is added. */
    public static void main(String[] args) throws IOException {
        Files.writeString(Path.of(args[0]), VALUES.stream()
                .map(GoldenKeysTest::line)
                .collect(
                        Collectors.joining("\n", "", "\n")));
    }

    @Test
    void keys_still_have_these_bytes() throws IOException {
        assertThat(VALUES.stream().map(GoldenKeysTest::line)).containsExactlyElementsOf(golden());
        assertThat(VALUES.stream().map(Object::getClass)).containsAll(
                KeysOfClass.simple().stream().filter(type -> !type.isPrimitive()).toList());
    }

    @Test
    void the_bytes_are_read_as_these_values() throws IOException {
        List<String> lines = golden();
        for (int i = 0; i < VALUES.size(); i++) {
            byte[] bytes = HexFormat.of().parseHex(lines.get(i).substring(0, lines.get(i).indexOf(' ')));
            assertThat(keysOf(VALUES.get(i)).decode(bytes)).isEqualTo(VALUES.get(i));
        }
    }
}
