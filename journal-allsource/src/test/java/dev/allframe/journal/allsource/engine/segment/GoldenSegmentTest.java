package dev.allframe.journal.allsource.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.engine.io.RealDisk;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.UnsupportedFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Files of each format version that were written once. They must be readable for ever. */
class GoldenSegmentTest {

    private static final String ROWS = "/golden/rows-v1/00000000000000000007.rows";
    private static final String PARQUET = "/golden/parquet-v1/00000000000000000007.parquet";
    private static final String OLD_MANIFEST = "/golden/manifest-v1/MANIFEST";
    private static final String MANIFEST = "/golden/manifest-v2/MANIFEST";

    private static byte[] golden(String name) {
        try (InputStream in = Objects.requireNonNull(GoldenSegmentTest.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Of version 1, in which each segment has a Parquet file. */
    private static Manifest oldManifest() {
        var first = new SegmentMeta(7, 1, 29, 24, Instant.ofEpochMilli(-1), Instant.ofEpochMilli(Long.MAX_VALUE),
                new Digest(1_048_577, List.of(0x0a1b2c3d, -1)), Optional.of(new Digest(5, List.of(7))),
                OptionalLong.of(77));
        var second = new SegmentMeta(3, 30, 30, 1, Instant.EPOCH, Instant.EPOCH, new Digest(1, List.of(0)),
                Optional.of(new Digest(1, List.of(0))), OptionalLong.empty());
        return new Manifest(SampleRows.STORE, 9, 1234, List.of(first, second));
    }

    private static Manifest manifest() {
        var rowsOnly = new SegmentMeta(9, 31, 32, 2, Instant.EPOCH, Instant.EPOCH, new Digest(3, List.of(4)),
                Optional.empty(), OptionalLong.of(5));
        return new Manifest(SampleRows.STORE, 10, 1234,
                List.of(oldManifest().segments().getFirst(), oldManifest().segments().getLast(), rowsOnly));
    }

    /** Writes the golden files; only ever run when a format version begins. */
    public static void main(String[] args) throws IOException {
        Path golden = Path.of(args[0]);
        SegmentDirectory directory = SegmentDirectory.on(new RealDisk(), Files.createTempDirectory("golden"));
        directory.seal(SampleRows.golden());
        write(golden, ROWS, directory.contents(SegmentFile.ROWS));
        write(golden, PARQUET, directory.contents(SegmentFile.PARQUET));
        write(golden, MANIFEST, ManifestFormat.write(manifest()));
    }

    private static void write(Path golden, String name, byte[] bytes) throws IOException {
        Path file = golden.resolve(name.substring("/golden/".length()));
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.write(file, bytes);
    }

    @Test
    void the_row_file_is_read_as_it_was_written() throws IOException {
        SegmentDirectory directory = SegmentDirectory.inMemory();
        directory.put(SegmentFile.ROWS, golden(ROWS));

        try (SealedRows file = directory.open(SegmentFile.ROWS)) {
            assertThat(file.read(0, file.rowCount())).isEqualTo(SampleRows.golden());
        }
    }

    @Test
    void the_parquet_file_is_read_as_it_was_written() throws IOException {
        SegmentDirectory directory = SegmentDirectory.inMemory();
        directory.put(SegmentFile.PARQUET, golden(PARQUET));

        try (SealedRows file = directory.open(SegmentFile.PARQUET)) {
            assertThat(file.read(0, file.rowCount())).isEqualTo(SampleRows.golden());
        }
    }

    @Test
    void an_old_manifest_is_read_as_it_was_written() {
        assertThat(ManifestFormat.read(golden(OLD_MANIFEST), Path.of("MANIFEST"))).isEqualTo(oldManifest());
    }

    @Test
    void the_manifest_is_read_as_it_was_written_and_still_written_so() {
        assertThat(ManifestFormat.read(golden(MANIFEST), Path.of("MANIFEST"))).isEqualTo(manifest());
        assertThat(ManifestFormat.write(manifest())).isEqualTo(golden(MANIFEST));
    }

    @Test
    void a_row_file_of_a_newer_version_is_told_from_damage() throws IOException {
        byte[] newer = golden(ROWS);
        newer[4] = 2;
        SegmentDirectory directory = SegmentDirectory.inMemory();
        directory.put(SegmentFile.ROWS, newer);
        assertThatThrownBy(() -> directory.open(SegmentFile.ROWS)).isInstanceOf(CorruptStoreException.class);

        CRC32C crc = new CRC32C();
        crc.update(newer, 0, 32);
        for (int i = 0; i < 4; i++) {
            newer[32 + i] = (byte) (crc.getValue() >>> (8 * i));
        }
        directory.put(SegmentFile.ROWS, newer);
        assertThatThrownBy(() -> directory.open(SegmentFile.ROWS)).isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("version 2");
    }
}
