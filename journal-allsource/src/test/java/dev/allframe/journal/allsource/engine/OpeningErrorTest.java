package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allframe.journal.allsource.engine.index.MemoryTables;
import dev.allframe.journal.allsource.engine.index.Tables;
import dev.allframe.journal.allsource.engine.io.RealDisk;
import dev.allframe.journal.allsource.tables.KeyValues;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An error of the JVM while a store is opened ends that attempt, and no later one. */
class OpeningErrorTest {

    @TempDir
    Path directory;

    /** Tables that cannot be opened the first time. */
    private static final class Failing implements Tables {

        private final Tables tables = new MemoryTables();
        private boolean failed;

        @Override
        public void create() {
            tables.create();
        }

        @Override
        public KeyValues index() {
            return tables.index();
        }

        @Override
        public KeyValues newIndex() {
            return tables.newIndex();
        }

        @Override
        public KeyValues state() {
            if (!failed) {
                failed = true;
                throw new NoClassDefFoundError("a native library");
            }
            return tables.state();
        }

        @Override
        public void close() {}
    }

    private Engine open(Tables tables) {
        return Engine.open(new RealDisk(), directory, tables, EngineConfig.defaults(), Clock.systemUTC(), "a test");
    }

    @Test
    void the_lock_is_free_after_an_error() {
        Failing tables = new Failing();

        assertThatThrownBy(() -> open(tables)).isInstanceOf(NoClassDefFoundError.class);
        try (Engine engine = open(tables)) {
            assertThat(engine.storeId()).isNotEmpty();
        }
    }
}
