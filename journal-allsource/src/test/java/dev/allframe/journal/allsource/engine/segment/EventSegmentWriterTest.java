package dev.allframe.journal.allsource.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.engine.Seeds;
import dev.allframe.journal.allsource.engine.io.CrashMode;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.io.FaultPlan;
import dev.allframe.journal.allsource.engine.io.MemoryDisk;
import dev.allframe.journal.allsource.engine.io.SimulatedDisk;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Position;
import dev.allframe.store.StoredEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EventSegmentWriterTest {

    private static final Path PATH = Path.of("/segments");
    private static final List<StoredEvent> ROWS = SampleRows.golden();

    private static void assertRefused(List<StoredEvent> rows, String message) throws IOException {
        SegmentDirectory directory = SegmentDirectory.inMemory();

        assertThatThrownBy(() -> directory.seal(rows)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
        assertThat(directory.disk().list(directory.path())).isEmpty();
    }

    @Test
    void what_it_says_of_a_segment_is_so() throws IOException {
        SegmentDirectory directory = SegmentDirectory.inMemory();

        SegmentMeta meta = directory.seal(ROWS);

        assertThat(meta.id()).isEqualTo(7);
        assertThat(meta.rows()).isEqualTo(24);
        assertThat(meta.firstPosition()).isEqualTo(1);
        assertThat(meta.lastPosition()).isEqualTo(29);
        assertThat(meta.minTimestamp()).isEqualTo(Instant.ofEpochMilli(-1));
        assertThat(meta.maxTimestamp()).isEqualTo(Instant.ofEpochMilli(Long.MAX_VALUE));
        assertThat(meta.rowFile().length()).isEqualTo(directory.contents(SegmentFile.ROWS).length);
        assertThat(meta.parquetFile().orElseThrow().length()).isEqualTo(directory.contents(SegmentFile.PARQUET).length);
        try (DiskFile file = directory.disk().openReadOnly(SegmentFile.ROWS.in(directory.path(), 7))) {
            assertThat(meta.rowFile()).isEqualTo(Digest.of(file));
        }
        assertThat(directory.disk().list(directory.path())).map(Path::getFileName)
                .map(Path::toString)
                .containsExactly("00000000000000000007.parquet", "00000000000000000007.rows");
    }

    @Test
    void rows_that_do_not_fit_are_refused_and_nothing_is_left() throws IOException {
        assertRefused(List.of(), "one row or more");
        List<StoredEvent> backwards = new ArrayList<>(ROWS);
        Collections.reverse(backwards);
        assertRefused(backwards, "not in order");
        assertRefused(List.of(ROWS.getFirst(), ROWS.getFirst()), "not in order");
        StoredEvent row = ROWS.getFirst();
        assertRefused(List.of(new StoredEvent(row.stream(), 1, new Position("other", 0, 0, 1), "", row.envelope())),
                "not a position");
        assertRefused(List.of(new StoredEvent(row.stream(), 1, row.position(), "\uD800", row.envelope())),
                "unpaired surrogate");
    }

    @Test
    void parquet_refuses_what_utf_8_cannot_hold_too() throws IOException {
        MemoryDisk disk = new MemoryDisk();
        disk.createDirectories(PATH);
        StoredEvent row = ROWS.getFirst();
        Envelope envelope = Envelope.of("x\uDC00", 1, row.envelope().payload(), Set.of(),
                EventMetadata.at(Instant.EPOCH), null);

        try (DiskFile file = disk.create(PATH.resolve("x"));
                ParquetSegmentWriter writer = new ParquetSegmentWriter(file, SampleRows.STORE, 1)) {
            assertThatThrownBy(() -> writer.add(new StoredEvent(row.stream(), 1, row.position(), "", envelope)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("unpaired surrogate");
        }
    }

    @Test
    void a_temporary_file_of_a_crash_is_in_nobodys_way() throws IOException {
        SegmentDirectory directory = SegmentDirectory.inMemory();
        directory.put(directory.path().resolve("00000000000000000007.rows.tmp"), new byte[]{1});

        directory.seal(ROWS);

        try (SealedRows file = directory.open(SegmentFile.ROWS)) {
            assertThat(file.read(0, 24)).isEqualTo(ROWS);
        }
    }

    @Test
    void a_parquet_file_is_added_to_a_row_file() throws IOException {
        SegmentDirectory directory = SegmentDirectory.inMemory();
        SegmentMeta both = directory.seal(ROWS);
        byte[] parquet = directory.contents(SegmentFile.PARQUET);
        directory.disk().delete(SegmentFile.ROWS.in(directory.path(), 7));
        directory.disk().delete(SegmentFile.PARQUET.in(directory.path(), 7));
        EventSegmentWriter writer = new EventSegmentWriter(directory.disk(), directory.path(), SampleRows.STORE);

        SegmentMeta rowsOnly = writer.writeRowFile(7, ROWS.iterator());

        assertThat(rowsOnly.parquetFile()).isEmpty();
        assertThat(rowsOnly.files()).containsExactly(SegmentFile.ROWS);
        assertThat(directory.disk().exists(SegmentFile.PARQUET.in(directory.path(), 7))).isFalse();
        assertThat(writer.addParquetFile(rowsOnly, () -> {})).isEqualTo(both);
        assertThat(directory.contents(SegmentFile.PARQUET)).isEqualTo(parquet);
    }

    @Test
    void no_parquet_file_is_made_of_a_damaged_row_file() throws IOException {
        SegmentDirectory directory = SegmentDirectory.inMemory();
        EventSegmentWriter writer = new EventSegmentWriter(directory.disk(), directory.path(), SampleRows.STORE);
        SegmentMeta meta = writer.writeRowFile(7, ROWS.iterator());
        byte[] rows = directory.contents(SegmentFile.ROWS);
        rows[rows.length / 3] ^= 1;
        directory.put(SegmentFile.ROWS, rows);

        assertThatThrownBy(() -> writer.addParquetFile(meta, () -> {})).isInstanceOf(CorruptStoreException.class);
        assertThat(directory.disk().list(directory.path())).containsExactly(
                SegmentFile.ROWS.in(directory.path(), 7));
    }

    /** Every call fails once, in every way. What is left is nothing, or nothing but what could not be deleted. */
    @Test
    void a_disk_that_fails_at_any_call_leaves_no_segment_half_written() throws IOException {
        SimulatedDisk empty = new SimulatedDisk();
        empty.createDirectories(PATH);
        long calls = seal(new SimulatedDisk(), FaultPlan.NONE).calls() - empty.calls();
        assertThat(calls).isGreaterThan(20);
        for (FaultPlan.Kind kind : FaultPlan.Kind.values()) {
            for (long call = 1; call <= calls; call++) {
                SimulatedDisk disk = seal(new SimulatedDisk(), FaultPlan.once(call, kind));
                disk.plan(FaultPlan.NONE);
                assertWholeOrGone(disk);
            }
        }
    }

    @Test
    void a_segment_that_was_returned_is_there_after_a_power_loss() throws IOException {
        for (CrashMode mode : CrashMode.values()) {
            SimulatedDisk found = seal(new SimulatedDisk(), FaultPlan.NONE).crash(mode, new Random(Seeds.next()));
            assertThat(found.list(PATH)).hasSize(2);
            assertWholeOrGone(found);
        }
    }

    private static SimulatedDisk seal(SimulatedDisk disk, FaultPlan plan) throws IOException {
        disk.createDirectories(PATH);
        long before = disk.calls();
        disk.plan(plan.firstCall() == 0
                ? plan
                : new FaultPlan(before + plan.firstCall(), before + plan.lastCall(), plan.kind()));
        try {
            new EventSegmentWriter(disk, PATH, SampleRows.STORE).writeBoth(7, ROWS.iterator());
            assertThat(plan).isEqualTo(FaultPlan.NONE);
        } catch (IOException failure) {
            assertThat(plan).isNotEqualTo(FaultPlan.NONE);
        }
        return disk;
    }

    private static void assertWholeOrGone(Disk disk) throws IOException {
        for (Path file : disk.list(PATH)) {
            String name = file.toString();
            if (name.endsWith(".rows")) {
                try (RowFile rows = RowFile.open(disk, file, SampleRows.STORE, 7)) {
                    assertThat(rows.read(0, 24)).isEqualTo(ROWS);
                }
            } else if (name.endsWith(".parquet")) {
                try (ParquetSegment rows = ParquetSegment.open(disk, file, SampleRows.STORE, 7,
                        SegmentDirectory.digest(disk, file))) {
                    assertThat(rows.read(0, 24)).isEqualTo(ROWS);
                }
            } else {
                assertThat(name).endsWith(".tmp");
            }
        }
    }
}
