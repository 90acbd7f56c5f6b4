package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.engine.CompactedStore.KeptTables;
import dev.allframe.journal.allsource.engine.contents.DamagedRowFiles;
import dev.allframe.journal.allsource.engine.io.Disk;
import dev.allframe.journal.allsource.engine.io.DiskFile;
import dev.allframe.journal.allsource.engine.io.ForwardingDisk;
import dev.allframe.journal.allsource.engine.io.ForwardingFile;
import dev.allframe.journal.allsource.engine.io.MemoryDisk;
import dev.allframe.journal.allsource.engine.segment.Manifest;
import dev.allframe.journal.allsource.engine.segment.SegmentFile;
import dev.allframe.journal.allsource.engine.segment.SegmentMeta;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventFilter;
import dev.allframe.store.StoredEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One of the two files of a segment is damaged: the other is read, with a warning, and compaction mends it. */
class DamagedRowFileTest {

    private static final Duration NEVER = Duration.ofHours(1);
    private static final long SEGMENT = 1;

    private final MemoryDisk disk = new MemoryDisk();
    private final KeptTables tables = new KeptTables();
    private final Warnings warnings = new Warnings();
    private final Logger log = Logger.getLogger(DamagedRowFiles.class.getName());
    private List<StoredEvent> events = List.of();

    /** What a row file may suffer. */
    enum Damage {
        HEADER, FIRST_BLOCK, MIDDLE, FOOTER, TRAILER, HALF, EMPTY, GONE;

        void happenTo(MemoryDisk disk, Path file) throws IOException {
            if (this == GONE) {
                disk.delete(file);
                return;
            }
            try (DiskFile open = disk.open(file)) {
                long length = open.length();
                switch (this) {
                    case HEADER -> flip(open, 5);
                    case FIRST_BLOCK -> flip(open, 60);
                    case MIDDLE -> flip(open, length / 2);
                    case FOOTER -> flip(open, length - 40);
                    case TRAILER -> flip(open, length - 1);
                    case HALF -> open.truncate(length / 2);
                    default -> open.truncate(0);
                }
            }
        }
    }

    private static void flip(DiskFile file, long offset) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        file.read(one, offset);
        one.put(0, (byte) (one.get(0) ^ 1));
        file.write(one.flip(), offset);
    }

    private static final class Warnings extends Handler {

        private final List<String> texts = new ArrayList<>();

        @Override
        public synchronized void publish(LogRecord said) {
            texts.add(said.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @BeforeEach
    void fill() {
        log.addHandler(warnings);
        log.setLevel(Level.WARNING); // other tests quieten all of the engine
        try (CompactedStore store = open()) {
            for (int i = 0; i < 200; i++) {
                store.append("a|" + i % 7, 3);
            }
            store.flush();
            store.append("b|1", 1);
            store.flush();
            events = store.all();
        }
    }

    @AfterEach
    void quiet() {
        log.removeHandler(warnings);
        log.setLevel(null);
    }

    private CompactedStore open() {
        return new CompactedStore(disk, tables, Long.MAX_VALUE, NEVER, NEVER);
    }

    private static Path file(SegmentFile kind) {
        return kind.in(CompactedStore.SEGMENTS, SEGMENT);
    }

    private void assertWhole(CompactedStore store) throws IOException {
        UUID id = UUID.fromString(store.backend.storeId());
        for (SegmentMeta segment : Manifest.load(disk, CompactedStore.DIRECTORY, id).orElseThrow().segments()) {
            for (SegmentFile kind : segment.files()) {
                Path path = kind.in(CompactedStore.SEGMENTS, segment.id());
                try (DiskFile open = disk.openReadOnly(path)) {
                    (kind == SegmentFile.ROWS ? segment.rowFile() : segment.parquetFile().orElseThrow())
                            .verify(open, path);
                }
            }
        }
    }

    private void assertReads(CompactedStore store) {
        assertThat(store.all()).isEqualTo(events);
        assertThat(store.all(EventFilter.tag("a|3"))).hasSize(87);
        for (int i = 0; i < 7; i++) {
            assertThat(store.numbers("a|" + i)).hasSize(i < 4 ? 87 : 84);
        }
    }

    @ParameterizedTest
    @EnumSource
    void its_rows_are_read_from_the_parquet_file_with_one_warning_and_compaction_mends_it(Damage damage)
            throws IOException {
        boolean inUse = damage == Damage.GONE; // one that is missing when the store is opened was deleted to make room
        CompactedStore store = open();
        try {
            damage.happenTo(disk, file(SegmentFile.ROWS));
            if (!inUse) {
                store.reopen();
            }

            assertReads(store);
            assertReads(store);
            assertThat(warnings.texts).singleElement()
                    .asString()
                    .contains(file(SegmentFile.ROWS).toString(), "'store verify'", "'store compact'");
            assertThat(disk.exists(file(SegmentFile.ROWS))).as("nothing unreadable is deleted").isEqualTo(!inUse);

            store.compact();

            assertWhole(store);
            assertReads(store);
            store.reopen();
            assertReads(store);
            assertThat(warnings.texts).hasSize(1);
        } finally {
            store.close();
        }
    }

    @Test
    void a_damaged_parquet_file_is_written_anew_from_the_row_file() throws IOException {
        try (DiskFile parquet = disk.open(file(SegmentFile.PARQUET))) {
            flip(parquet, parquet.length() / 2);
        }
        try (CompactedStore store = open()) {
            assertReads(store);
            store.compact();
            assertWhole(store);
            assertReads(store);
        }
    }

    @Test
    void where_both_are_damaged_it_is_told_and_both_stay() throws IOException {
        for (SegmentFile kind : SegmentFile.values()) {
            try (DiskFile open = disk.open(file(kind))) {
                for (long at = 50; at < open.length(); at += 100) {
                    flip(open, at);
                }
            }
        }
        try (CompactedStore store = open()) {
            assertThatThrownBy(store::all).hasCauseInstanceOf(CorruptStoreException.class)
                    .hasMessageContaining(file(SegmentFile.ROWS).toString());
            assertThatThrownBy(store::compact).hasCauseInstanceOf(CorruptStoreException.class);
            assertThat(store.files()).contains("00000000000000000001.rows", "00000000000000000001.parquet");
            assertThat(warnings.texts).isEmpty();
        }
    }

    /** Row files are never whole when they are read. */
    private static final class BadRows extends ForwardingDisk {

        BadRows(Disk disk) {
            super(disk);
        }

        @Override
        public DiskFile openReadOnly(Path file) throws IOException {
            DiskFile open = disk.openReadOnly(file);
            return file.toString().endsWith(".rows") ? new ForwardingFile(open) {
                @Override
                public int read(ByteBuffer into, long offset) throws IOException {
                    int begin = into.position();
                    int count = super.read(into, offset);
                    for (int at = begin; at < into.position(); at++) {
                        into.put(at, (byte) (into.get(at) ^ 1));
                    }
                    return count;
                }
            } : open;
        }
    }

    @Test
    void a_disk_that_gives_no_row_file_back_costs_one_attempt_to_mend_each() {
        try (CompactedStore store = new CompactedStore(new BadRows(disk), tables, Long.MAX_VALUE, NEVER, NEVER)) {
            assertReads(store);
            store.compact();
            assertReads(store);
        }
    }

    @Test
    void an_index_that_is_built_anew_reads_the_parquet_file_too() throws IOException {
        Damage.FIRST_BLOCK.happenTo(disk, file(SegmentFile.ROWS));
        tables.newIndex();
        try (CompactedStore store = open()) {
            assertReads(store);
            assertThat(warnings.texts).hasSize(1);
        }
    }
}
