package dev.allframe.journal.allsource.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.engine.io.CrashMode;
import dev.allframe.journal.allsource.engine.io.SimulatedDisk;
import dev.allframe.journal.allsource.engine.wal.LogRun.Parts;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.UnsupportedFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/**
 * Every bit of a small log flips, and every file loses its end or is missing: the log is refused, or ends before a
 * group that nothing proves forced.
 */
class WalDamageTest {

    private static final Path FIRST = LogRun.DIRECTORY.resolve(WalFormat.name(1));

    /** Where a record stands, and the last number that it calls forced. */
    private record Place(int offset, int length, long lsn, long forcedLsn) {}

    private static final Workloads.Workload UNMARKED = run -> {
        run.append(3, 300);
        run.force();
        run.append(2, 300);
        run.force();
        run.append(2, 300);
        run.force();
        run.append(2, 40);
        run.force();
        run.append(3, 40);
        run.force();
    };

    private static SimulatedDisk disk(Workloads.Workload workload) throws IOException {
        SimulatedDisk disk = new SimulatedDisk();
        workload.run(new LogRun(disk, LogRun.SMALL, Parts.SOUND));
        return disk.crash(CrashMode.LOSE_ALL, new Random(0));
    }

    private static List<Path> segments(SimulatedDisk disk) throws IOException {
        return disk.list(LogRun.DIRECTORY).stream().filter(WalFormat::isSegment).toList();
    }

    private static List<Place> places(byte[] segment, long firstLsn) {
        List<Place> places = new ArrayList<>();
        long lsn = firstLsn;
        for (int at = WalFormat.HEADER_BYTES; WalFormat.length(segment, at) > 0; at += WalFormat.length(segment, at)) {
            places.add(new Place(at, WalFormat.length(segment, at), lsn++, WalFormat.forcedLsn(segment, at)));
        }
        return places;
    }

    /** Numbers that were delivered, or -1 where the log was refused; anything wrong that was delivered fails. */
    private static long opened(SimulatedDisk disk, List<byte[]> given, Parts parts) throws IOException {
        List<byte[]> delivered = new ArrayList<>();
        try {
            parts.open(disk, LogRun.SMALL, 0, (lsn, entry, bytes) -> delivered.add(LogRun.encoded(entry)));
        } catch (EventStoreException refused) {
            return -1;
        }
        for (int i = 0; i < delivered.size(); i++) {
            assertThat(delivered.get(i)).isEqualTo(given.get(i));
        }
        return delivered.size();
    }

    private static List<byte[]> entries(SimulatedDisk disk) throws IOException {
        List<byte[]> entries = new ArrayList<>();
        Parts.SOUND.open(disk.copy(), LogRun.SMALL, 0, (lsn, entry, bytes) -> entries.add(LogRun.encoded(entry)));
        return entries;
    }

    /** What must come of a bit that flips at an offset: the last number delivered, or -1 for a refusal. */
    private static long expected(List<Place> places, int offset, boolean lastSegment, long lastLsn) {
        if (offset < WalFormat.HEADER_BYTES) {
            return -1;
        }
        Place hit = places.stream()
                .filter(p -> offset >= p.offset && offset < p.offset + p.length)
                .findFirst()
                .orElse(null);
        if (hit == null) {
            return lastLsn;
        }
        boolean proven = places.stream().anyMatch(p -> p.lsn > hit.lsn && p.forcedLsn >= hit.lsn);
        return proven || !lastSegment ? -1 : hit.lsn - 1;
    }

    private static List<String> surprises(SimulatedDisk disk, Parts parts) throws IOException {
        List<byte[]> given = entries(disk);
        List<String> surprises = new ArrayList<>();
        List<Path> segments = segments(disk);
        for (Path file : segments) {
            byte[] bytes = disk.contents(file);
            List<Place> places = places(bytes, WalFormat.firstLsn(file));
            boolean last = file.equals(segments.getLast());
            for (int bit = 0; bit < bytes.length * 8; bit++) {
                SimulatedDisk damaged = disk.copy();
                damaged.flip(file, bit / 8, bit % 8);
                long expected = expected(places, bit / 8, last, given.size());
                long actual = opened(damaged, given, parts);
                if (actual != expected) {
                    surprises.add("bit " + bit % 8 + " of byte " + bit / 8 + " of " + file + ": expected " + expected
                            + ", found " + actual);
                }
            }
        }
        return surprises;
    }

    @Test
    void a_flipped_bit_is_refused_or_cuts_a_last_group_that_nothing_proves_forced() throws IOException {
        SimulatedDisk disk = disk(UNMARKED);

        assertThat(segments(disk)).hasSize(2);
        assertThat(surprises(disk, Parts.SOUND)).isEmpty();
    }

    @Test
    void after_a_mark_a_flipped_bit_in_any_entry_is_refused() throws IOException {
        SimulatedDisk disk = disk(run -> {
            run.append(4, 40);
            run.force();
            run.append(2, 40);
            run.force();
            run.idle();
            run.force();
        });
        byte[] bytes = disk.contents(FIRST);
        List<Place> places = places(bytes, 1);

        assertThat(places).hasSize(7);
        assertThat(surprises(disk, Parts.SOUND)).isEmpty();
        assertThat(places.subList(0, 6)).allSatisfy(
                place -> assertThat(expected(places, place.offset, true, 7)).isEqualTo(-1));
    }

    @Test
    void the_check_finds_a_reader_that_always_cuts() throws IOException {
        TornEnd cutting = (file, bytes, from, to, fileBytes, lsn, checksum) -> {};

        assertThat(surprises(disk(UNMARKED), new Parts(disk -> disk, cutting, all -> all)))
                .anyMatch(text -> text.contains("expected -1, found 7"));
    }

    @Test
    void a_file_that_lost_its_end_is_refused() throws IOException {
        SimulatedDisk disk = disk(UNMARKED);
        List<byte[]> given = entries(disk);
        for (Path file : segments(disk)) {
            byte[] bytes = disk.contents(file);
            for (int length = 0; length < bytes.length; length++) {
                SimulatedDisk damaged = disk.copy();
                damaged.put(file, Arrays.copyOf(bytes, length));
                assertThat(opened(damaged, given, Parts.SOUND)).as("%s cut to %s", file, length).isEqualTo(-1);
            }
        }
    }

    @Test
    void a_sector_of_zeros_before_a_proven_record_is_refused() throws IOException {
        SimulatedDisk disk = disk(run -> {
            for (int i = 0; i < 12; i++) {
                run.append(60);
                run.force();
            }
        });
        byte[] bytes = disk.contents(FIRST);
        Arrays.fill(bytes, 512, 1_024, (byte) 0);
        disk.put(FIRST, bytes);

        assertThatThrownBy(() -> Parts.SOUND.open(disk, LogRun.SMALL, 0, (lsn, entry, length) -> {}))
                .isInstanceOf(CorruptStoreException.class)
                .hasMessageContaining(FIRST.toString())
                .hasMessageContaining("says that it was forced");
        assertThat(disk.contents(FIRST)).as("nothing is changed").isEqualTo(bytes);
    }

    @Test
    void a_missing_segment_is_refused_in_the_middle_at_the_beginning_and_at_the_end() throws IOException {
        SimulatedDisk disk = disk(run -> {
            for (int i = 0; i < 3; i++) {
                run.append(2, 20);
                run.roll();
            }
            run.append(20);
            run.force();
        });
        assertThat(segments(disk)).hasSize(4);

        refusedWithout(disk, 1, 0, "the entries from 1 to 2 are missing");
        refusedWithout(disk, 3, 0, "entry 3 is damaged or missing");
        refusedWithout(disk, 7, 7, "the log ends with entry 6, it had entries up to 7");
        for (Path file : segments(disk)) {
            disk.delete(file);
        }
        refusedWithout(disk, 1, 6, "the log is missing");
    }

    private static void refusedWithout(SimulatedDisk disk, long firstLsn, long afterLsn, String why)
            throws IOException {
        SimulatedDisk damaged = disk.copy();
        Path file = LogRun.DIRECTORY.resolve(WalFormat.name(firstLsn));
        if (damaged.exists(file)) {
            damaged.delete(file);
        }
        assertThatThrownBy(() -> Parts.SOUND.open(damaged, LogRun.SMALL, afterLsn, (lsn, entry, bytes) -> {}))
                .isInstanceOf(CorruptStoreException.class)
                .hasMessageContaining(why);
    }

    @Test
    void another_store_and_a_newer_version_are_refused_as_such() throws IOException {
        SimulatedDisk disk = disk(run -> {
            run.append(20);
            run.force();
        });

        UUID other = UUID.fromString("00000000-0000-0000-0000-000000000001");
        assertThatThrownBy(() -> WalReader.read(disk, LogRun.DIRECTORY, other, 0, (lsn, entry, bytes) -> {}))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining(LogRun.STORE.toString());

        byte[] bytes = disk.contents(FIRST);
        bytes[4] = 2;
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, 60);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(60, (int) crc.getValue());
        disk.put(FIRST, bytes);
        assertThatThrownBy(() -> WalReader.readAll(disk, LogRun.DIRECTORY, (lsn, entry, length) -> {}))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("version 2");
    }

    @Test
    void a_payload_of_made_up_records_is_refused_and_not_searched_for_ever() throws IOException {
        int size = 8 << 20;
        WalConfig config = WalConfig.defaults().withSegmentBytes(2 * size);
        SimulatedDisk disk = new SimulatedDisk();
        LogRun run = new LogRun(disk, config, Parts.SOUND);
        run.append(10);
        run.append(size);
        run.force();
        byte[] bytes = disk.contents(FIRST);
        Place second = places(bytes, 1).get(1);
        ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = second.offset + 200; at < size; at += WalFormat.MARK_BYTES) {
            out.putInt(at, size).putLong(at + 8, 3).putInt(at + 16, 1);
        }
        disk.put(FIRST, bytes);

        assertThatThrownBy(() -> Parts.SOUND.open(disk, config, 0, (lsn, entry, length) -> {}))
                .isInstanceOf(CorruptStoreException.class)
                .hasMessageContaining("too much behind it looks like records");
    }
}
