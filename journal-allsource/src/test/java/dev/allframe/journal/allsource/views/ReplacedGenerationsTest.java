package dev.allframe.journal.allsource.views;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.UnsupportedFormatException;
import dev.allframe.store.view.Replacement;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bytes of a view's file {@code REPLACED}. */
class ReplacedGenerationsTest {

    private static final ReplacedGenerations NOTES = ReplacedGenerations.NONE
            .with(258, new Replacement(3, Instant.ofEpochMilli(1_735_689_600_001L),
                    Instant.ofEpochMilli(1_735_689_600_002L)))
            .with(7, new Replacement(1, Instant.parse("2025-01-01T00:00:00Z"),
                    Instant.parse("2025-01-08T00:00:00.123Z")));

    @TempDir
    Path directory;

    private static byte[] golden() throws IOException {
        try (InputStream in = Objects.requireNonNull(
                ReplacedGenerationsTest.class.getResourceAsStream("/golden/view-replaced-v1/REPLACED"))) {
            return in.readAllBytes();
        }
    }

    private ReplacedGenerations read(byte[] bytes) throws IOException {
        Files.write(directory.resolve("REPLACED"), bytes);
        return ReplacedGenerations.read(directory);
    }

    @Test
    void the_file_is_written_and_read_as_ever() throws IOException {
        assertThat(read(golden())).isEqualTo(NOTES);
        NOTES.write(directory);
        assertThat(directory.resolve("REPLACED")).hasBinaryContent(golden());
        assertThat(directory).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void where_there_is_no_file_nothing_is_noted() throws IOException {
        assertThat(ReplacedGenerations.read(directory)).isEqualTo(ReplacedGenerations.NONE);
    }

    @Test
    void a_file_that_is_cut_or_damaged_is_refused() throws IOException {
        byte[] whole = golden();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(cut)).isInstanceOf(CorruptStoreException.class);
        }
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatThrownBy(() -> read(flipped)).isInstanceOf(CorruptStoreException.class);
        }
        assertThatThrownBy(() -> read(Arrays.copyOf(whole, whole.length + 1)))
                .isInstanceOf(CorruptStoreException.class);
    }

    @Test
    void a_file_of_a_newer_version_is_refused_as_such() {
        byte[] newer = HexFormat.of()
                .parseHex(
                        "414656520200000002000000070000000000000001000000007c291f940100007b00364394010000020100000000000003000000017c291f94010000027c291f94010000adf20d01");

        assertThatThrownBy(() -> read(newer)).isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("version 2");
    }
}
