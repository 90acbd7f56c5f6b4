package dev.allframe.journal.allsource.views;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.allframe.store.StoreFullException;
import dev.allframe.store.view.ViewBatch;
import dev.allframe.store.view.ViewTable;
import dev.allframe.store.view.ViewTables;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The process under whose views the disk is full for a while. */
final class FullViewsWriter {

    static final String VIEW = "balances";

    private static final long MEMORY_BYTES = 16L << 20;

    /** RocksDB looks every five seconds whether there is room. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** More than RocksDB keeps before it writes by itself. */
    private static final int MOST_BATCHES = 1000;

    private static final int VALUE_BYTES = 50_000;

    private final ViewTables tables;
    private int batches;

    private FullViewsWriter(ViewTables tables) {
        this.tables = tables;
    }

    static RocksViewStore open(Path directory) {
        return RocksViewStore.open(directory, MEMORY_BYTES);
    }

    /** What a generation must hold. */
    static void check(ViewTables tables, int batches) {
        assertThat(tables.get(ViewTable.META, key(0))).isEqualTo(key(batches));
        for (int i = 1; i <= batches; i++) {
            assertThat(tables.get(ViewTable.ROWS, key(i))).as("row %s", i).hasSize(VALUE_BYTES);
        }
        assertThat(tables.get(ViewTable.ROWS, key(batches + 1))).isNull();
    }

    /** Takes the directory of the store and the file that fills the disk while it is there. Says how many batches. */
    public static void main(String[] arguments) throws IOException {
        Path fullWhile = Path.of(arguments[1]);
        try (RocksViewStore store = open(Path.of(arguments[0]))) {
            FullViewsWriter writer = new FullViewsWriter(store.create(VIEW));
            store.serve(VIEW, 1);
            writer.write();
            writer.tables.flush();

            Files.writeString(fullWhile, "/views/");
            writer.write();
            assertThatThrownBy(writer.tables::flush).isInstanceOf(StoreFullException.class);
            writer.writeUntilRefused();
            assertThatThrownBy(() -> store.create(VIEW)).isInstanceOf(StoreFullException.class);
            assertThatThrownBy(() -> store.create("another")).isInstanceOf(StoreFullException.class);
            assertThatThrownBy(() -> store.serve(VIEW, 1)).isInstanceOf(StoreFullException.class);
            assertThat(store.views()).isEqualTo(List.of(VIEW));
            assertThat(store.generations(VIEW)).isEqualTo(List.of(1L));
            assertThat(store.served(VIEW)).hasValue(1);
            check(writer.tables, writer.batches);

            Files.delete(fullWhile);
            await().atMost(PATIENCE).until(writer::isWritten);
            await().atMost(PATIENCE).until(writer::isFlushed);
            check(writer.tables, writer.batches);
            store.serve(VIEW, store.create(VIEW).generation());
            System.out.println(writer.batches);
        }
    }

    private void writeUntilRefused() {
        for (int i = 0; i < MOST_BATCHES; i++) {
            if (!isWritten()) {
                return;
            }
        }
        throw new AssertionError(MOST_BATCHES + " batches were not refused");
    }

    private boolean isWritten() {
        try {
            write();
            return true;
        } catch (StoreFullException full) {
            return false;
        }
    }

    private boolean isFlushed() {
        try {
            tables.flush();
            return true;
        } catch (StoreFullException full) {
            return false;
        }
    }

    /** The next batch, which is the same one again after it was refused. */
    private void write() {
        tables.write(new ViewBatch().put(ViewTable.META, key(0), key(batches + 1))
                .put(ViewTable.ROWS, key(batches + 1), new byte[VALUE_BYTES]));
        batches++;
    }

    private static byte[] key(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }
}
