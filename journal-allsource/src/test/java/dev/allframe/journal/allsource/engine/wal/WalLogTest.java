package dev.allframe.journal.allsource.engine.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.engine.Seeds;
import dev.allframe.journal.allsource.engine.io.CrashMode;
import dev.allframe.journal.allsource.engine.io.CrashReplay;
import dev.allframe.journal.allsource.engine.io.DiskOperation;
import dev.allframe.journal.allsource.engine.io.NoSpaceException;
import dev.allframe.journal.allsource.engine.io.RealDisk;
import dev.allframe.journal.allsource.engine.io.SimulatedDisk;
import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.journal.allsource.engine.log.LogEntry.EventsAppended;
import dev.allframe.journal.allsource.engine.log.LogEntry.EventsDeleted;
import dev.allframe.journal.allsource.engine.wal.LogRun.Parts;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalLogTest {

    private static final String MARK = "mark";
    private static final WalConsumer NOBODY = (lsn, entry, bytes) -> {};

    private final SimulatedDisk disk = new SimulatedDisk();

    private static LogEntry deletion(long number) {
        return new EventsDeleted(new StreamId("s|1"), number);
    }

    private WalLog open(WalConfig config) throws IOException {
        return WalLog.open(disk, LogRun.DIRECTORY, LogRun.STORE, config, 0, NOBODY, new WalLog.Surroundings(
                Runnable::run, InstantSource.fixed(Instant.EPOCH),
                TornEnd.UNLESS_A_RECORD_PROVES_IT_FORCED));
    }

    private WalLog open() throws IOException {
        return open(LogRun.SMALL);
    }

    /** The entries, and a text in the place of each mark. */
    private List<Object> entries(SimulatedDisk from) throws IOException {
        List<Object> entries = new ArrayList<>();
        WalReader.readAll(from, LogRun.DIRECTORY, new WalConsumer() {
            @Override
            public void entry(long lsn, LogEntry entry, int bytes) {
                entries.add(entry);
            }

            @Override
            public void mark(long lsn) {
                entries.add(MARK);
            }
        });
        return entries;
    }

    private long operations(Class<? extends DiskOperation> kind) {
        return disk.recorded().stream().filter(kind::isInstance).count();
    }

    @Test
    void a_group_is_written_by_one_write_and_one_force() throws IOException {
        WalLog log = open();
        LogRun.append(log, deletion(1));
        log.force();
        disk.record();

        for (int i = 2; i <= 20; i++) {
            LogRun.append(log, deletion(i));
        }
        log.force();
        log.force();

        assertThat(disk.recorded()).extracting(operation -> operation.getClass().getSimpleName())
                .containsExactly("Write", "Force");
    }

    @Test
    void nothing_is_written_before_force() throws IOException {
        WalLog log = open();
        LogRun.append(log, deletion(1));
        log.force();

        LogRun.append(log, deletion(2));

        assertThat(entries(disk)).hasSize(1);
        log.force();
        assertThat(entries(disk)).hasSize(2);
    }

    @Test
    void numbers_go_on_after_opening_in_a_new_segment() throws IOException {
        WalLog first = open();
        assertThat(first.numbers().lastLsn()).isZero();
        assertThat(LogRun.append(first, deletion(1))).isEqualTo(1);
        first.close();

        WalLog second = open();

        assertThat(second.numbers().lastLsn()).as("the entry and the mark of the clean end").isEqualTo(2);
        assertThat(second.segmentBytes()).isZero();
        assertThat(LogRun.append(second, deletion(2))).isEqualTo(3);
        assertThat(second.segmentBytes()).isGreaterThan(WalFormat.HEADER_BYTES);
    }

    @Test
    void the_consumer_is_spared_what_it_has() throws IOException {
        LogRun run = new LogRun(disk, LogRun.SMALL, Parts.SOUND);
        run.append(2, 20);
        run.roll();
        run.append(3, 20);
        run.force();
        run.idle();
        List<String> seen = new ArrayList<>();

        Parts.SOUND.open(disk, LogRun.SMALL, 3, new WalConsumer() {
            @Override
            public void entry(long lsn, LogEntry entry, int bytes) {
                seen.add("entry " + lsn);
            }

            @Override
            public void mark(long lsn) {
                seen.add("mark " + lsn);
            }
        });

        assertThat(seen).containsExactly("entry 4", "entry 5", "mark 6");
    }

    @Test
    void a_group_stands_in_one_segment() throws IOException {
        WalLog log = open();
        LogRun.append(log, LogRun.event(1, 1_000));
        log.force();

        long first = LogRun.append(log, LogRun.event(2, 500), LogRun.event(3, 500), LogRun.event(4, 3_000));
        log.force();

        assertThat(first).isEqualTo(2);
        assertThat(names()).containsExactly(WalFormat.name(1), WalFormat.name(2));
        assertThat(entries(disk)).hasSize(4);
    }

    @Test
    void a_group_for_which_there_is_no_room_leaves_no_trace() throws IOException {
        WalLog log = open();
        LogRun.append(log, LogRun.event(1, 1_000));
        log.force();
        disk.limit(disk.usedBytes());

        assertThatThrownBy(() -> LogRun.append(log, LogRun.event(2, 10), LogRun.event(3, 3_000)))
                .isInstanceOf(NoSpaceException.class);
        long next = LogRun.append(log, LogRun.event(2, 20));
        log.force();

        assertThat(next).isEqualTo(2);
        assertThat(entries(disk)).hasSize(2);
    }

    @Test
    void a_segment_that_is_not_needed_is_not_read() throws IOException {
        LogRun run = new LogRun(disk, LogRun.SMALL, Parts.SOUND);
        run.append(2, 20);
        run.roll();
        run.append(1, 20);
        run.force();
        disk.flip(LogRun.DIRECTORY.resolve(WalFormat.name(1)), 70, 0);

        List<Long> seen = new ArrayList<>();
        Parts.SOUND.open(disk, LogRun.SMALL, 2, (lsn, entry, bytes) -> seen.add(lsn));

        assertThat(seen).containsExactly(3L);
    }

    @Test
    void released_segments_are_deleted_and_the_newest_stays() throws IOException {
        LogRun run = new LogRun(disk, LogRun.SMALL, Parts.SOUND);
        for (int i = 0; i < 3; i++) {
            run.append(2, 20);
            run.roll();
        }

        run.release(3);
        assertThat(names()).containsExactly(WalFormat.name(3), WalFormat.name(5), WalFormat.name(7));
        run.release(4);
        assertThat(names()).containsExactly(WalFormat.name(5), WalFormat.name(7));
        run.release(Long.MAX_VALUE - 1);
        assertThat(names()).containsExactly(WalFormat.name(7));
    }

    private List<String> names() throws IOException {
        return disk.list(LogRun.DIRECTORY)
                .stream()
                .filter(WalFormat::isSegment)
                .map(file -> file.getFileName().toString())
                .toList();
    }

    @Test
    void idle_marks_once_and_does_not_force() throws IOException {
        WalLog log = open();
        LogRun.append(log, deletion(1));
        log.force();
        disk.record();

        log.idle();
        log.idle();

        assertThat(operations(DiskOperation.Write.class)).isEqualTo(1);
        assertThat(operations(DiskOperation.Force.class)).isZero();
        assertThat(entries(disk)).containsExactly(deletion(1), MARK);
    }

    @Test
    void idle_on_an_empty_log_does_nothing() throws IOException {
        WalLog log = open();
        disk.record();

        log.idle();

        assertThat(disk.recorded()).isEmpty();
        assertThat(log.numbers().lastLsn()).isZero();
    }

    @Test
    void a_clean_end_leaves_a_mark_and_opening_again_adds_nothing() throws IOException {
        WalLog log = open();
        LogRun.append(log, deletion(1));
        log.close();
        log.close();

        for (int i = 0; i < 3; i++) {
            WalLog again = open();
            again.idle();
            again.close();
        }

        assertThat(entries(disk.crash(CrashMode.LOSE_ALL, new Random(0)))).containsExactly(deletion(1), MARK);
        assertThat(disk.list(LogRun.DIRECTORY)).as("no spare is left").hasSize(1);
    }

    @Test
    void after_an_unclean_end_idle_proves_what_was_recovered() throws IOException {
        WalLog log = open();
        LogRun.append(log, deletion(1));
        log.force();

        WalLog again = open();
        again.idle();

        assertThat(entries(disk)).containsExactly(deletion(1), MARK);
    }

    @Test
    void an_entry_that_cannot_be_written_leaves_no_trace() throws IOException {
        WalLog log = open(LogRun.SMALL.withMaxRecordBytes(1_000));
        LogRun.append(log, deletion(1));

        assertThatThrownBy(() -> LogRun.append(log, new EventsDeleted(new StreamId("\ud800"), 1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LogRun.append(log, LogRun.event(1, 1_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("980 allowed");
        assertThatThrownBy(() -> LogRun.append(log, LogRun.event(2, 1))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has the position 2, not 1");
        assertThat(LogRun.append(log, deletion(2))).isEqualTo(2);
        log.force();

        assertThat(entries(disk)).containsExactly(deletion(1), deletion(2));
    }

    @Test
    void a_batch_larger_than_the_buffer_is_written_whole() throws IOException {
        WalConfig config = WalConfig.defaults().withSegmentBytes(16 << 20);
        LogRun run = new LogRun(disk, config, Parts.SOUND);
        run.append(5);
        run.append(3_000_001);
        run.append(40, 100_000);
        run.force();

        assertThat(new LogChecker(Parts.SOUND, config).check(disk.crash(CrashMode.LOSE_ALL, new Random(0)),
                run.given(), 42, 0)).isEmpty();
    }

    @Test
    void a_full_segment_still_has_room_for_a_mark() throws IOException {
        WalLog log = open();
        EventsAppended largest = LogRun.event(1, 0);
        // a length above 127 takes one byte more
        int others = LogRun.encoded(largest).length + WalFormat.PREFIX_BYTES + 1;
        int room = LogRun.SMALL.segmentBytes() - WalFormat.HEADER_BYTES - WalFormat.MARK_BYTES;
        LogRun.append(log, LogRun.event(1, room - others));
        log.force();

        log.idle();

        assertThat(log.segmentBytes()).isEqualTo(LogRun.SMALL.segmentBytes());
        assertThat(names()).containsExactly(WalFormat.name(1));
        log.close();
        assertThat(entries(disk)).hasSize(2);
    }

    @Test
    void behind_what_was_recovered_there_are_zeros() throws IOException {
        LogRun run = new LogRun(disk, LogRun.SMALL, Parts.SOUND);
        run.append(20);
        run.force();
        int end = (int) run.log().segmentBytes();
        Path file = LogRun.DIRECTORY.resolve(WalFormat.name(1));
        byte[] torn = disk.contents(file);
        Arrays.fill(torn, end + 10, end + 300, (byte) 7);
        disk.put(file, torn);

        open();

        byte[] left = disk.crash(CrashMode.LOSE_ALL, new Random(0)).contents(file);
        assertThat(Arrays.copyOf(left, end)).isEqualTo(Arrays.copyOf(torn, end));
        assertThat(Arrays.copyOfRange(left, end, left.length)).containsOnly(0);
    }

    @Test
    void a_power_loss_while_segments_are_released_leaves_no_gap() throws IOException {
        long seed = Seeds.next();
        Random random = new Random(seed);
        LogRun run = new LogRun(disk, LogRun.SMALL, Parts.SOUND);
        for (int i = 0; i < 5; i++) {
            run.append(2, 20);
            run.roll();
        }
        disk.record();
        run.release(8);

        CrashReplay replay = new CrashReplay(disk);
        while (true) {
            for (int i = 0; i < 20; i++) {
                SimulatedDisk left = replay.crash(CrashMode.SUBSET_512, random);
                assertThat(WalReader.readAll(left, LogRun.DIRECTORY, NOBODY).numbers().lastLsn()).as("seed %s", seed)
                        .isEqualTo(10);
            }
            if (replay.atEnd()) {
                return;
            }
            replay.next();
        }
    }

    @Test
    void temporary_files_are_deleted_when_the_log_is_opened() throws IOException {
        disk.createDirectories(LogRun.DIRECTORY);
        disk.put(LogRun.DIRECTORY.resolve("left-over.wal.tmp"), new byte[10]);

        WalReader.readAll(disk, LogRun.DIRECTORY, NOBODY);
        assertThat(disk.list(LogRun.DIRECTORY)).as("reading changes nothing").hasSize(1);
        open().close();

        assertThat(disk.list(LogRun.DIRECTORY)).isEmpty();
    }

    @Test
    void a_closed_log_takes_nothing() throws IOException {
        WalLog log = open();
        log.close();

        assertThatThrownBy(() -> LogRun.append(log, deletion(1))).isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "closed");
        assertThatThrownBy(log::force).isInstanceOf(IOException.class);
    }

    @Test
    void the_log_works_on_the_file_system_with_its_own_thread(@TempDir Path directory) throws IOException {
        WalConfig config = WalConfig.defaults().withSegmentBytes(64 << 10);
        Path log = directory.resolve("a").resolve("log");
        long next = 1;
        for (int round = 0; round < 3; round++) {
            List<Long> positions = new ArrayList<>();
            try (WalLog opened = WalLog.open(new RealDisk(), log, LogRun.STORE, config, 0, (lsn, entry, bytes) -> {
                if (entry instanceof EventsAppended events) {
                    positions.add(events.firstPosition());
                }
            })) {
                assertThat(positions).hasSize((int) next - 1).isSorted().doesNotHaveDuplicates();
                for (int i = 0; i < 500; i++) {
                    LogRun.append(opened, LogRun.event(next++, 300));
                    if (i % 50 == 0) {
                        opened.force();
                    }
                }
            }
        }
        WalContents contents = WalReader.readAll(new RealDisk(), log, NOBODY);
        assertThat(contents.numbers().nextPosition()).isEqualTo(1_501);
        assertThat(contents.segments()).hasSizeGreaterThan(6);
    }
}
