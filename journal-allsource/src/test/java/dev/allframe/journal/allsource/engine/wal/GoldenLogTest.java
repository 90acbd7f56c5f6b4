package dev.allframe.journal.allsource.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.engine.io.CrashMode;
import dev.allframe.journal.allsource.engine.io.SimulatedDisk;
import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.journal.allsource.engine.log.SampleEntries;
import dev.allframe.journal.allsource.engine.wal.LogRun.Parts;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A log of format version 1 that was written once. It must be readable for ever. */
class GoldenLogTest {

    private static final String FOLDER = "/golden/wal-v1/";
    private static final String NAME = "00000000000000000001.wal";
    private static final Path FILE = LogRun.DIRECTORY.resolve(NAME);

    private static byte[] golden() {
        try (InputStream in = Objects.requireNonNull(GoldenLogTest.class.getResourceAsStream(FOLDER + NAME), NAME)) {
            return in.readAllBytes();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static SimulatedDisk diskWith(byte[] segment) throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        disk.createDirectories(LogRun.DIRECTORY);
        disk.put(FILE, segment);
        return disk;
    }

    private static List<LogEntry> read(byte[] segment) throws IOException {
        List<LogEntry> entries = new ArrayList<>();
        WalReader.read(diskWith(segment), LogRun.DIRECTORY, LogRun.STORE, 0,
                (lsn, entry, bytes) -> entries.add(entry));
        return entries;
    }

    /**
     * The log as this version writes it: three entries forced together, each of the others by itself, the last a mark.
     */
    private static byte[] written() throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        WalLog log = Parts.SOUND.open(disk, LogRun.SMALL, 0, (lsn, entry, bytes) -> {});
        for (LogEntry entry : SampleEntries.all()) {
            if (LogRun.append(log, entry) >= 3) {
                log.force();
            }
        }
        log.idle();
        log.force();
        return disk.crash(CrashMode.LOSE_ALL, new Random(0)).contents(FILE);
    }

    /** Writes the golden file; only ever run when a format version begins. */
    public static void main(String[] args) throws IOException {
        Files.write(Path.of(args[0], NAME), written());
    }

    @Test
    void it_is_read_as_it_was_written() throws IOException {
        assertThat(read(golden())).isEqualTo(SampleEntries.all());
    }

    @Test
    void this_version_still_writes_the_same_bytes() throws IOException {
        assertThat(written()).isEqualTo(golden());
    }

    @Test
    void a_copy_that_lost_its_end_is_refused() throws IOException {
        byte[] golden = golden();
        for (int length = 0; length < golden.length; length++) {
            byte[] cut = Arrays.copyOf(golden, length);
            assertThatThrownBy(() -> read(cut)).isInstanceOf(CorruptStoreException.class);
        }
    }

    @Test
    void a_copy_with_a_flipped_bit_is_refused_or_loses_the_mark_at_its_end() throws IOException {
        byte[] golden = golden();
        List<LogEntry> all = SampleEntries.all();
        for (int bit = 0; bit < golden.length * 8; bit++) {
            byte[] flipped = golden.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            try {
                assertThat(read(flipped)).isIn(all, all.subList(0, all.size() - 1));
            } catch (EventStoreException refused) {
                assertThat(refused).isInstanceOf(CorruptStoreException.class).hasMessageContaining(NAME);
            }
        }
    }
}
