package dev.allframe.journal.allsource.engine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.allframe.journal.allsource.engine.log.LogEntry.EventsDeleted;
import dev.allframe.store.StreamId;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EntryCodecTest {

    private static byte[] bytes(LogEntry entry) {
        ByteWriter out = new ByteWriter(1);
        EntryCodec.write(out, entry);
        return out.toByteArray();
    }

    static List<LogEntry> entries() {
        return SampleEntries.all();
    }

    @ParameterizedTest
    @MethodSource("entries")
    void an_entry_is_read_as_it_was_written(LogEntry entry) {
        byte[] bytes = bytes(entry);

        ByteReader in = new ByteReader(bytes);
        assertThat(EntryCodec.read(in, SampleEntries.STORE)).isEqualTo(entry);
        assertThat(in.remaining()).isZero();
    }

    @ParameterizedTest
    @MethodSource("entries")
    void an_entry_that_was_cut_short_is_malformed(LogEntry entry) {
        byte[] bytes = bytes(entry);

        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> EntryCodec.read(new ByteReader(cut), SampleEntries.STORE))
                    .isInstanceOf(MalformedBytesException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("entries")
    void any_flipped_bit_ends_in_an_entry_or_an_exception_and_takes_no_memory_for_claimed_lengths(LogEntry entry) {
        byte[] bytes = bytes(entry);

        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            Throwable thrown = catchThrowable(() -> EntryCodec.read(new ByteReader(flipped), SampleEntries.STORE));
            assertThat(thrown).satisfiesAnyOf(none -> assertThat(none).isNull(),
                    some -> assertThat(some).isInstanceOf(RuntimeException.class));
        }
    }

    @Test
    void the_bytes_of_a_deletion_are_those_of_the_document() {
        assertThat(HexFormat.of().formatHex(bytes(new EventsDeleted(new StreamId("a|ü"), 300))))
                .isEqualTo("02" + "04" + "617cc3bc" + "ac02");
    }

    @Test
    void a_type_that_is_not_known_is_malformed() {
        assertThatThrownBy(() -> EntryCodec.read(new ByteReader(new byte[]{7}), SampleEntries.STORE))
                .isInstanceOf(MalformedBytesException.class)
                .hasMessageContaining("entry type 7");
    }

    @Test
    void a_text_with_an_unpaired_surrogate_is_refused() {
        assertThatThrownBy(() -> bytes(new EventsDeleted(new StreamId("a\ud800b"), 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unpaired surrogate");
    }

    @Test
    void a_varint_of_the_largest_numbers_is_read_as_it_was_written() {
        for (long value : new long[]{0, 127, 128, Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
            ByteWriter out = new ByteWriter(1);
            out.varint(value);
            out.zigzag(value);

            ByteReader in = new ByteReader(out.toByteArray());
            assertThat(in.varint()).isEqualTo(value);
            assertThat(in.zigzag()).isEqualTo(value);
        }
    }
}
