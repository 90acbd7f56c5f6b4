package dev.allframe.journal.allsource.engine.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.engine.Seeds;
import dev.allframe.journal.allsource.engine.log.MalformedBytesException;
import dev.allframe.store.StreamId;
import dev.allframe.store.view.KeyRange;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeysTest {

    /** Code units at every border of the encoding. */
    private static final char[] UNITS = {0, 1, 2, 0x7E, 0x7F, 0x80, 0x81, 0x7FE, 0x7FF, 0x800, 0x801, 0xD7FF, 0xD800,
            0xDBFF, 0xDC00, 0xDFFF, 0xE000, 0xFFFD, 0xFFFE, 0xFFFF, 'a', 'b', '|'};

    private static final long[] NUMBERS = {Long.MIN_VALUE, Long.MIN_VALUE + 1, -256, -255, -2, -1, 0, 1, 2, 255, 256,
            65535, 65536, Integer.MAX_VALUE, 1L << 32, Long.MAX_VALUE - 1, Long.MAX_VALUE};

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(5);
        for (int i = 0; i < length; i++) {
            text.append(random.nextInt(4) == 0 ? (char) random.nextInt(65536) : UNITS[random.nextInt(UNITS.length)]);
        }
        return text.toString();
    }

    @Test
    void the_order_of_keys_is_the_order_of_stream_ids_whatever_is_in_them() {
        Random random = new Random(Seeds.next());
        for (int i = 0; i < 200_000; i++) {
            String begin = text(random);
            StreamId one = new StreamId(begin + text(random) + "x");
            StreamId two = new StreamId(begin + text(random) + "x");

            int order = Integer.signum(Arrays.compareUnsigned(Keys.of(one), Keys.of(two)));

            assertThat(order).as("%s and %s", escaped(one), escaped(two)).isEqualTo(Integer.signum(one.compareTo(two)));
        }
    }

    @Test
    void every_code_unit_stands_in_its_place_and_comes_back() {
        byte[] before = Keys.of(new StreamId("\0"));
        for (int unit = 1; unit < 65536; unit++) {
            String text = String.valueOf((char) unit);
            byte[] key = Keys.of(new StreamId(text));

            assertThat(Arrays.compareUnsigned(before, key)).as("unit %s", unit).isNegative();
            assertThat(new Keys.Reader(key).text()).as("unit %s", unit).isEqualTo(text);
            before = key;
        }
    }

    @Test
    void the_order_of_composed_keys_is_the_order_of_their_parts() {
        Random random = new Random(Seeds.next());
        for (int i = 0; i < 100_000; i++) {
            String text = text(random);
            String other = random.nextBoolean() ? text : text(random);
            long number = NUMBERS[random.nextInt(NUMBERS.length)];
            long otherNumber = random.nextBoolean() ? NUMBERS[random.nextInt(NUMBERS.length)] : random.nextLong();
            int texts = text.compareTo(other);

            int signed = Arrays.compareUnsigned(Keys.key().text(text).signed(number).bytes(),
                    Keys.key().text(other).signed(otherNumber).bytes());
            int unsigned = Arrays.compareUnsigned(Keys.key().text(text).unsigned(number).bytes(),
                    Keys.key().text(other).unsigned(otherNumber).bytes());

            assertThat(Integer.signum(signed))
                    .isEqualTo(Integer.signum(texts != 0 ? texts : Long.compare(number, otherNumber)));
            assertThat(Integer.signum(unsigned))
                    .isEqualTo(Integer.signum(texts != 0 ? texts : Long.compareUnsigned(number, otherNumber)));
        }
    }

    @Test
    void parts_come_back_as_they_were_given() {
        Random random = new Random(Seeds.next());
        for (int i = 0; i < 100_000; i++) {
            String one = text(random);
            String two = text(random);
            long number = random.nextLong();
            Keys.Reader read = new Keys.Reader(
                    Keys.key().u8(200).text(one).signed(number).text(two).unsigned(number).bytes());

            assertThat(List.of(read.u8(), read.text(), read.signed(), read.text(), read.unsigned()))
                    .isEqualTo(List.of(200, one, number, two, number));
        }
    }

    @Test
    void no_key_of_a_text_begins_another() {
        Random random = new Random(Seeds.next());
        for (int i = 0; i < 100_000; i++) {
            String one = text(random);
            String two = random.nextBoolean() ? one + text(random) : text(random);
            byte[] key = Keys.key().text(one).bytes();
            byte[] other = Keys.key().text(two).bytes();

            boolean begins = other.length >= key.length && Arrays.equals(key, 0, key.length, other, 0, key.length);

            assertThat(begins).isEqualTo(one.equals(two));
        }
    }

    @Test
    void the_bytes_are_those_of_format_1() {
        byte[] key = Keys.key().text("a\0é€\uD83D\uDE00|").unsigned(258).signed(-1).bytes();

        assertThat(HexFormat.ofDelimiter(" ").formatHex(key))
                .isEqualTo("61 00 01 c3 a9 e2 82 ac ed a0 bd ed b8 80 7c 00 00"
                        + " 00 00 00 00 00 00 01 02 7f ff ff ff ff ff ff ff");
    }

    @Test
    void what_is_no_key_is_refused() {
        for (String hex : List.of("", "61", "6100", "610002", "c30000", "e2820000", "800000", "f0000000")) {
            assertThatThrownBy(() -> new Keys.Reader(HexFormat.of().parseHex(hex)).text()).as(hex)
                    .isInstanceOf(MalformedBytesException.class);
        }
    }

    @Test
    void the_end_of_a_prefix_is_behind_every_key_that_begins_with_it() {
        assertThat(KeyRange.behindPrefix(new byte[]{1, 2})).containsExactly(1, 3);
        assertThat(KeyRange.behindPrefix(new byte[]{1, -1, -1})).containsExactly(2);
        assertThat(KeyRange.behindPrefix(new byte[]{-1, -1})).isNull();
    }

    private static String escaped(StreamId id) {
        return Arrays.toString(id.value().toCharArray())
                .codePoints()
                .collect(StringBuilder::new,
                        (text, c) -> text.append(Integer.toHexString(c)).append(' '), StringBuilder::append)
                .toString();
    }
}
