package dev.allframe.journal.allsource.engine.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SimulatedDiskTest extends DiskContract {

    private static final Path FILE = Path.of("/d/f");
    private static final Path OTHER = Path.of("/d/g");

    private final SimulatedDisk disk = new SimulatedDisk();
    private final Random random = new Random(1);

    @Override
    Disk disk() {
        return disk;
    }

    @Override
    Path root() {
        return Path.of("/simulated");
    }

    private DiskFile forced(int length) throws IOException {
        disk.put(FILE, filled(length, 1));
        return disk.open(FILE);
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static ByteBuffer twos(int length) {
        return ByteBuffer.wrap(filled(length, 2));
    }

    @Test
    void an_unforced_write_is_kept_or_lost() throws IOException {
        DiskFile file = forced(1_000);
        file.write(twos(100), 950);

        assertThat(disk.crash(CrashMode.LOSE_ALL, random).contents(FILE)).isEqualTo(filled(1_000, 1));
        byte[] kept = disk.crash(CrashMode.KEEP_ALL, random).contents(FILE);
        assertThat(kept).hasSize(1_050);
        assertThat(Arrays.copyOfRange(kept, 950, 1_050)).isEqualTo(filled(100, 2));

        file.force();
        for (CrashMode mode : CrashMode.values()) {
            assertThat(disk.crash(mode, random).contents(FILE)).isEqualTo(kept);
        }
    }

    @Test
    void a_torn_write_leaves_its_first_sectors() throws IOException {
        forced(8 * 512).write(twos(4 * 512 - 100), 612);

        Set<Integer> firstOnes = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            byte[] left = disk.crash(CrashMode.TORN_512, random).contents(FILE);
            int end = 612;
            while (left[end] == 2) {
                end++;
            }
            firstOnes.add(end);
            assertThat(Arrays.copyOfRange(left, end, left.length)).isEqualTo(filled(left.length - end, 1));
        }
        assertThat(firstOnes).containsExactly(612, 1_024, 1_536, 2_048);
    }

    @Test
    void a_subset_leaves_any_sectors_each_as_some_write_left_it() throws IOException {
        DiskFile file = forced(4 * 512);
        file.write(twos(4 * 512), 0);
        file.write(ByteBuffer.wrap(filled(512, 3)), 0);

        Set<String> seen = new TreeSet<>();
        for (int i = 0; i < 1_000; i++) {
            byte[] left = disk.crash(CrashMode.SUBSET_512, random).contents(FILE);
            seen.add("" + left[0] + left[512] + left[1_024] + left[1_536]);
            for (int sector = 0; sector < 4; sector++) {
                assertThat(Arrays.copyOfRange(left, sector * 512, sector * 512 + 512))
                        .containsOnly(left[sector * 512]);
            }
        }
        assertThat(seen).hasSize(3 * 2 * 2 * 2);
    }

    @Test
    void blocks_of_4_kib_are_not_torn_apart() throws IOException {
        forced(3 * 4_096).write(twos(3 * 4_096), 0);

        Set<String> seen = new TreeSet<>();
        for (int i = 0; i < 200; i++) {
            byte[] left = disk.crash(CrashMode.SUBSET_4096, random).contents(FILE);
            for (int block = 0; block < 3; block++) {
                assertThat(Arrays.copyOfRange(left, block * 4_096, block * 4_096 + 4_096))
                        .containsOnly(left[block * 4_096]);
            }
            seen.add("" + left[0] + left[4_096] + left[8_192]);
        }
        assertThat(seen).hasSize(8);
    }

    @Test
    void names_are_lost_where_the_directory_was_not_forced() throws IOException {
        disk.put(FILE, filled(1, 1));
        disk.create(Path.of("/d/new")).force();
        disk.rename(FILE, OTHER);

        assertThat(disk.crash(CrashMode.LOSE_ALL, random).list(Path.of("/d"))).containsExactly(FILE);
        assertThat(disk.crash(CrashMode.KEEP_ALL, random).list(Path.of("/d"))).containsExactly(OTHER,
                Path.of("/d/new"));
        disk.forceDirectory(Path.of("/d"));
        assertThat(disk.crash(CrashMode.LOSE_ALL, random).list(Path.of("/d"))).containsExactly(OTHER,
                Path.of("/d/new"));
        disk.delete(OTHER);
        assertThat(disk.crash(CrashMode.LOSE_ALL, random).contents(OTHER)).containsExactly(1);
    }

    @Test
    void after_a_failed_force_reads_show_what_will_never_be_on_the_disk() throws IOException {
        DiskFile file = forced(10);
        file.write(twos(10), 0);
        disk.plan(FaultPlan.once(disk.calls() + 1, FaultPlan.Kind.IO_ERROR));

        assertThatThrownBy(file::force).isInstanceOf(IOException.class);
        file.force();

        assertThat(disk.contents(FILE)).isEqualTo(filled(10, 2));
        assertThat(disk.crash(CrashMode.KEEP_ALL, random).contents(FILE)).isEqualTo(filled(10, 1));
    }

    @Test
    void planned_calls_fail_once_or_for_ever() throws IOException {
        DiskFile file = forced(10);
        disk.plan(FaultPlan.once(disk.calls() + 2, FaultPlan.Kind.NO_SPACE));
        file.length();
        assertThatThrownBy(file::length).isInstanceOf(NoSpaceException.class);
        file.length();

        disk.plan(FaultPlan.forever(disk.calls() + 1, FaultPlan.Kind.SHORT_WRITE));
        assertThatThrownBy(() -> file.write(twos(10), 0)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> disk.list(Path.of("/d"))).isInstanceOf(IOException.class);
        assertThat(disk.contents(FILE)).containsExactly(2, 2, 2, 2, 2, 1, 1, 1, 1, 1);
    }

    @Test
    void a_write_above_the_limit_is_refused_whole() throws IOException {
        DiskFile file = forced(10);
        disk.limit(15);

        assertThatThrownBy(() -> file.write(twos(10), 6)).isInstanceOf(NoSpaceException.class);
        assertThat(disk.contents(FILE)).isEqualTo(filled(10, 1));
        assertThat(disk.usableBytes(FILE)).isEqualTo(5);
        file.write(twos(10), 5);
    }

    @Test
    void a_flipped_bit_is_there_after_a_power_loss_too() throws IOException {
        forced(10);

        disk.flip(FILE, 3, 7);

        assertThat(disk.contents(FILE)[3]).isEqualTo((byte) 0x81);
        assertThat(disk.crash(CrashMode.LOSE_ALL, random).contents(FILE)[3]).isEqualTo((byte) 0x81);
    }

    @Test
    void a_recorded_workload_is_made_again_operation_by_operation() throws IOException {
        disk.put(FILE, filled(3, 1));
        disk.record();
        DiskFile file = disk.open(FILE);
        file.write(twos(1), 0);
        file.write(twos(1), 1);
        file.force();
        disk.rename(FILE, OTHER);

        CrashReplay replay = new CrashReplay(disk);
        assertThat(replay.crash(CrashMode.KEEP_ALL, random).contents(FILE)).containsExactly(1, 1, 1);
        replay.next();
        assertThat(replay.crash(CrashMode.KEEP_ALL, random).contents(FILE)).containsExactly(2, 1, 1);
        assertThat(replay.crash(CrashMode.LOSE_ALL, random).contents(FILE)).containsExactly(1, 1, 1);
        replay.next();
        replay.next();
        assertThat(replay.crash(CrashMode.LOSE_ALL, random).contents(FILE)).containsExactly(2, 2, 1);
        replay.next();
        assertThat(replay.atEnd()).isTrue();
        assertThat(replay.boundary()).isEqualTo(disk.boundary());
        assertThat(replay.crash(CrashMode.KEEP_ALL, random).contents(OTHER)).containsExactly(2, 2, 1);
        assertThat(replay).hasToString("after operation 4 of 4, Rename[from=/d/f, to=/d/g]");
    }
}
