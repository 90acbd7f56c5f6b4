package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.journal.allsource.engine.CompactedStore.KeptTables;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.io.MemoryDisk;
import dev.allframe.journal.allsource.engine.segment.SegmentFile;
import dev.allframe.store.StoredEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stores whose segment files have names in the digits of another script, as a default locale once gave them. */
class OtherDigitsTest {

    private final MemoryDisk disk = new MemoryDisk();
    private final KeptTables tables = new KeptTables();

    private List<StoredEvent> written() {
        try (CompactedStore store = open()) {
            for (int i = 0; i < 3; i++) {
                store.append("a|" + i, 5);
                store.flush();
            }
            store.append("a|tail", 1);
            return store.all();
        }
    }

    private CompactedStore open() {
        return new CompactedStore(disk, tables, Long.MAX_VALUE, Duration.ofHours(1), Duration.ofHours(1));
    }

    private static String in(char zero, String name) {
        StringBuilder other = new StringBuilder();
        name.chars().forEach(c -> other.append((char) (c >= '0' && c <= '9' ? zero + c - '0' : c)));
        return other.toString();
    }

    private void rename(char zero) throws IOException {
        for (Path file : disk.list(CompactedStore.SEGMENTS)) {
            disk.rename(file, file.resolveSibling(in(zero, file.getFileName().toString())));
        }
    }

    private List<String> names() throws IOException {
        return disk.list(CompactedStore.SEGMENTS).stream().map(file -> file.getFileName().toString()).toList();
    }

    private void copy(String from, String to) throws IOException {
        try (DiskFile original = disk.openReadOnly(CompactedStore.SEGMENTS.resolve(from));
                DiskFile copy = disk.create(CompactedStore.SEGMENTS.resolve(to))) {
            ByteBuffer bytes = ByteBuffer.allocate((int) original.length());
            original.read(bytes, 0);
            copy.write(bytes.flip(), 0);
        }
    }

    @ParameterizedTest
    @ValueSource(chars = {'\u0660', '\u06f0', '\u0966', '\u0e50', '\u1040', '\uff10'})
    void a_store_with_names_in_other_digits_opens_and_gets_ascii_names(char zero) throws IOException {
        List<StoredEvent> events = written();
        List<String> ascii = names();
        assertThat(ascii).isNotEmpty();
        rename(zero);
        assertThat(names()).isNotEqualTo(ascii);

        try (CompactedStore store = open()) {
            assertThat(store.all()).isEqualTo(events);
            assertThat(names()).containsAll(ascii);
            store.append("a|new", 1);
            store.flush();
            assertThat(names()).allMatch(name -> name.matches("[0-9]{20}\\.(rows|parquet)(\\.tmp)?"));
        }
    }

    @Test
    void where_two_names_mean_one_file_the_ascii_name_is_read_and_the_other_stays() throws IOException {
        List<StoredEvent> events = written();
        String first = names().getFirst();
        String other = in('\u0660', first);
        copy(first, other);

        try (CompactedStore store = open()) {
            assertThat(store.all()).isEqualTo(events);
        }

        assertThat(names()).contains(first, other);
    }

    @Test
    void what_a_crash_left_under_other_digits_is_deleted_like_any_left_over() throws IOException {
        List<StoredEvent> events = written();
        List<String> ascii = names();
        copy(ascii.getFirst(), in('\u0660', "00000000000000000777.rows.tmp"));

        try (CompactedStore store = open()) {
            assertThat(store.all()).isEqualTo(events);
        }

        assertThat(names()).containsAll(ascii).noneMatch(name -> name.endsWith(".tmp") && name.charAt(0) != '0');
    }

    @Test
    void a_name_with_digits_of_two_scripts_or_beyond_64_bits_is_no_segment_s() {
        Path segments = CompactedStore.SEGMENTS;
        String ten = "0000000000";

        assertThat(SegmentFile.named(segments.resolve(ten + ten + ".rows"))).isPresent();
        assertThat(SegmentFile.named(segments.resolve(ten + in('\u0660', ten) + ".rows"))).isEmpty();
        assertThat(SegmentFile.named(segments.resolve("09999999999999999999.rows"))).isEmpty();
        assertThat(SegmentFile.named(segments.resolve("1.rows"))).isEmpty();
        assertThat(SegmentFile.named(segments.resolve(ten + ten + ".txt"))).isEmpty();
    }
}
