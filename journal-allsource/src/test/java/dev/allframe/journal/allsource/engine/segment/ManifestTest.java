package dev.allframe.journal.allsource.engine.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.engine.Seeds;
import dev.allframe.journal.allsource.engine.files.StoreLayout;
import dev.allframe.journal.allsource.engine.io.CrashMode;
import dev.allframe.journal.allsource.engine.io.FaultPlan;
import dev.allframe.journal.allsource.engine.io.SimulatedDisk;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.UnsupportedFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class ManifestTest {

    private static final Path PATH = Path.of("/store");
    private static final Digest DIGEST = new Digest((1 << 20) + 1, List.of(-1, 5));

    private static SegmentMeta segment(long id, long first, long last) {
        return new SegmentMeta(id, first, last, 1, Instant.ofEpochMilli(Long.MIN_VALUE),
                Instant.ofEpochMilli(Long.MAX_VALUE), DIGEST, Optional.of(new Digest(0, List.of())),
                id == 1 ? OptionalLong.empty() : OptionalLong.of(id));
    }

    private static Manifest two() {
        return Manifest.empty(SampleRows.STORE).withSealed(segment(1, 1, 10), 5).withSealed(segment(2, 11, 30), 9);
    }

    private static byte[] file(String version, String rest) {
        CRC32C crc = new CRC32C();
        crc.update(rest.getBytes(StandardCharsets.UTF_8));
        return String.format(Locale.ROOT, "AFMF %s %08x %d%n%s", version, crc.getValue(), rest.length(), rest)
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void it_is_loaded_as_it_was_stored() throws IOException {
        SegmentDirectory directory = SegmentDirectory.inMemory();
        assertThat(Manifest.load(directory.disk(), directory.path(), SampleRows.STORE)).isEmpty();

        Manifest.empty(SampleRows.STORE).store(directory.disk(), directory.path());
        assertThat(Manifest.load(directory.disk(), directory.path(), SampleRows.STORE))
                .hasValue(Manifest.empty(SampleRows.STORE));

        two().store(directory.disk(), directory.path());
        assertThat(Manifest.load(directory.disk(), directory.path(), SampleRows.STORE)).hasValue(two());
        assertThat(directory.disk().list(directory.path())).hasSize(1);
    }

    @Test
    void segments_are_sealed_and_replaced() {
        Manifest manifest = two();
        assertThat(manifest.nextSegmentId()).isEqualTo(3);
        assertThat(manifest.sealedLsn()).isEqualTo(9);

        Manifest compacted = manifest.withReplaced(Set.of(1L, 2L), Optional.of(segment(3, 2, 30)));
        assertThat(compacted.segments()).containsExactly(segment(3, 2, 30));
        assertThat(compacted.nextSegmentId()).isEqualTo(4);
        assertThat(manifest.withReplaced(Set.of(1L), Optional.empty()).segments()).containsExactly(segment(2, 11, 30));
        assertThat(manifest.segments()).hasSize(2);
    }

    @Test
    void what_cannot_be_is_refused() {
        assertThatThrownBy(() -> two().withSealed(segment(3, 30, 40), 10))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> two().withSealed(segment(2, 31, 40), 10))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> two().withSealed(segment(3, 31, 40), 9))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> two().withReplaced(Set.of(1L, 7L), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Digest(1, List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void one_of_another_store_or_a_newer_version_or_with_other_members_is_refused() throws IOException {
        SegmentDirectory directory = SegmentDirectory.inMemory();
        Path name = directory.path().resolve(StoreLayout.MANIFEST);
        two().store(directory.disk(), directory.path());
        assertThatThrownBy(() -> Manifest.load(directory.disk(), directory.path(), new UUID(3, 4)))
                .isInstanceOf(CorruptStoreException.class)
                .hasMessageContaining("of store");

        directory.put(name, file("3", "whatever version 3 is"));
        assertThatThrownBy(() -> Manifest.load(directory.disk(), directory.path(), SampleRows.STORE))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("version 3");

        String members = "\"store\":\"" + SampleRows.STORE + "\",\"nextSegmentId\":1,\"sealedLsn\":0,\"segments\":[]";
        directory.put(name, file("1", "{" + members + "}"));
        assertThat(Manifest.load(directory.disk(), directory.path(), SampleRows.STORE)).isPresent();
        for (String rest : List.of("{" + members + ",\"more\":1}", "{}", "[]", "{" + members + "}{}",
                "{" + members + ",\"sealedLsn\":0}", "{" + members.replace(":0", ":\"0\"") + "}",
                "{" + members.replace("[]", "null") + "}", "{" + members.replace("[]", "[null]") + "}")) {
            directory.put(name, file("1", rest));
            assertThatThrownBy(() -> Manifest.load(directory.disk(), directory.path(), SampleRows.STORE)).as(rest)
                    .isInstanceOf(CorruptStoreException.class);
        }
    }

    @Test
    void a_crash_or_a_failing_disk_leaves_the_old_one_or_the_new_one() throws IOException {
        Manifest old = Manifest.empty(SampleRows.STORE);
        Random random = new Random(Seeds.next());
        for (long call = 1; call < 14; call++) {
            SimulatedDisk disk = new SimulatedDisk();
            disk.createDirectories(PATH);
            old.store(disk, PATH);
            long before = disk.calls();
            disk.plan(FaultPlan.forever(before + call, FaultPlan.Kind.SHORT_WRITE));
            boolean stored = true;
            try {
                two().store(disk, PATH);
            } catch (IOException failed) {
                stored = false;
            }
            for (CrashMode mode : CrashMode.values()) {
                Optional<Manifest> found = Manifest.load(disk.crash(mode, random), PATH, SampleRows.STORE);
                if (stored) {
                    assertThat(found).hasValue(two());
                } else {
                    assertThat(found.orElseThrow()).isIn(old, two());
                }
            }
        }
    }
}
