package dev.allframe.journal.allsource.views;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.UnsupportedFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bytes of a view's file {@code CURRENT}. */
class ServedGenerationTest {

    @TempDir
    Path directory;

    private static byte[] golden() throws IOException {
        try (InputStream in = Objects.requireNonNull(
                ServedGenerationTest.class.getResourceAsStream("/golden/view-current-v1/CURRENT"))) {
            return in.readAllBytes();
        }
    }

    private ServedGeneration read(byte[] bytes) throws IOException {
        Files.write(directory.resolve("CURRENT"), bytes);
        return ServedGeneration.read(directory);
    }

    @Test
    void the_file_is_written_and_read_as_ever() throws IOException {
        assertThat(read(golden())).isEqualTo(new ServedGeneration(7, 258));
        new ServedGeneration(7, 258).write(directory);
        assertThat(directory.resolve("CURRENT")).hasBinaryContent(golden());
        assertThat(directory).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void where_there_is_no_file_nothing_is_served() throws IOException {
        assertThat(ServedGeneration.read(directory)).isEqualTo(new ServedGeneration(0, 0));
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
        byte[] newer = HexFormat.of().parseHex("414656570200000007000000000000000201000000000000bd9050af");

        assertThatThrownBy(() -> read(newer)).isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("version 2");
    }
}
