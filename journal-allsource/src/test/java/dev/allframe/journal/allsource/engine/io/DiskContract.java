package dev.allframe.journal.allsource.engine.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every disk does. */
abstract class DiskContract {

    private Disk disk;
    private Path directory;

    abstract Disk disk();

    abstract Path root();

    @BeforeEach
    void createDirectory() throws IOException {
        disk = disk();
        directory = root().resolve("a").resolve("b");
        disk.createDirectories(directory);
    }

    private static byte[] read(DiskFile file) throws IOException {
        ByteBuffer into = ByteBuffer.allocate((int) file.length() + 10);
        int count = file.read(into, 0);
        return Arrays.copyOf(into.array(), count);
    }

    @Test
    void what_random_writes_and_cuts_leave_is_what_an_array_holds() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] model = new byte[0];
        try (DiskFile file = disk.create(directory.resolve("f"))) {
            for (int i = 0; i < 200; i++) {
                if (random.nextInt(5) == 0) {
                    int length = random.nextInt(model.length + 1);
                    file.truncate(length);
                    model = Arrays.copyOf(model, length);
                } else {
                    byte[] bytes = new byte[random.nextInt(200_000)];
                    if (random.nextBoolean()) {
                        random.nextBytes(bytes);
                    }
                    int offset = random.nextInt(model.length + 70_000);
                    ByteBuffer from = random.nextBoolean()
                            ? ByteBuffer.wrap(bytes)
                            : ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
                    file.write(from, offset);
                    assertThat(from.remaining()).isZero();
                    if (bytes.length > 0) {
                        model = Arrays.copyOf(model, Math.max(model.length, offset + bytes.length));
                        System.arraycopy(bytes, 0, model, offset, bytes.length);
                    }
                }
                assertThat(file.length()).as("seed %s", seed).isEqualTo(model.length);
                if (i % 10 == 0) {
                    assertThat(read(file)).as("seed %s", seed).isEqualTo(model);
                }
            }
            file.force();
        }
    }

    @Test
    void a_read_stops_at_the_end_of_the_file() throws IOException {
        try (DiskFile file = disk.create(directory.resolve("f"))) {
            file.write(ByteBuffer.wrap(new byte[]{1, 2, 3}), 0);

            ByteBuffer into = ByteBuffer.allocate(5);
            assertThat(file.read(into, 1)).isEqualTo(2);
            assertThat(into.position()).isEqualTo(2);
            assertThat(file.read(into, 3)).isZero();
            assertThat(file.read(into, 300)).isZero();
        }
    }

    @Test
    void a_renamed_file_replaces_what_had_the_name() throws IOException {
        write("a", 1);
        write("b", 2);

        disk.rename(directory.resolve("a"), directory.resolve("b"));
        disk.forceDirectory(directory);

        assertThat(disk.list(directory)).containsExactly(directory.resolve("b"));
        try (DiskFile file = disk.openReadOnly(directory.resolve("b"))) {
            assertThat(read(file)).containsExactly(1);
        }
    }

    private void write(String name, int value) throws IOException {
        try (DiskFile file = disk.create(directory.resolve(name))) {
            file.write(ByteBuffer.wrap(new byte[]{(byte) value}), 0);
            file.force();
        }
    }

    @Test
    void names_are_listed_in_order_with_directories_and_deleted() throws IOException {
        write("b", 1);
        write("a", 1);
        disk.createDirectories(directory.resolve("c"));

        assertThat(disk.list(directory)).containsExactly(directory.resolve("a"), directory.resolve("b"),
                directory.resolve("c"));
        disk.delete(directory.resolve("a"));
        assertThat(disk.exists(directory.resolve("a"))).isFalse();
        assertThat(disk.exists(directory.resolve("b"))).isTrue();
        assertThat(disk.exists(directory)).isTrue();
        assertThat(disk.list(directory.resolve("missing"))).isEmpty();
        assertThat(disk.usableBytes(directory)).isPositive();
    }

    @Test
    void what_is_missing_or_there_already_is_refused() throws IOException {
        write("a", 1);

        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> disk.create(directory.resolve("a"))).isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> disk.open(missing)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> disk.openReadOnly(missing)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> disk.delete(missing)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> disk.rename(missing, directory.resolve("b"))).isInstanceOf(
                NoSuchFileException.class);
    }

    @Test
    void a_file_opened_for_reading_takes_no_write_and_a_closed_one_nothing() throws IOException {
        write("a", 1);
        DiskFile file = disk.openReadOnly(directory.resolve("a"));

        assertThatThrownBy(() -> file.write(ByteBuffer.allocate(1), 0)).isInstanceOfAny(IOException.class,
                RuntimeException.class);
        file.close();
        assertThatThrownBy(file::length).isInstanceOf(IOException.class);
    }

    @Test
    void a_lock_has_one_owner_at_a_time() throws IOException {
        Path file = directory.resolve("LOCK");
        try (Closeable lock = disk.tryLock(file)) {
            assertThat(lock).isNotNull();
            assertThat(disk.tryLock(file)).isNull();
            assertThat(disk.tryLock(file)).as("a failed attempt does not give the lock away").isNull();
        }
        try (Closeable again = disk.tryLock(file)) {
            assertThat(again).isNotNull();
        }
    }
}
