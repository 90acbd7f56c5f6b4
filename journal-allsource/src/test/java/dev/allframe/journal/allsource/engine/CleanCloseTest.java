package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.journal.allsource.engine.contents.TailSegment;
import dev.allframe.journal.allsource.engine.files.StoreLayout;
import dev.allframe.journal.allsource.engine.io.FaultPlan;
import dev.allframe.journal.allsource.engine.io.SimulatedDisk;
import dev.allframe.journal.allsource.engine.write.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A store that is closed has its events in segments, and hardly any log. */
class CleanCloseTest {

    /** A header, and room for two marks. */
    private static final int SMALLEST = 106;
    private static final Path LOG = StoreLife.DIRECTORY.resolve(StoreLayout.LOG);

    private final StoreLife life = new StoreLife(new Random(Seeds.next()), new SimulatedDisk());

    private void change(StoreLife.Running running, int operations) {
        for (int i = 0; i < operations; i++) {
            life.submit(running);
        }
        life.awaitAnswers(() -> false);
    }

    /** Closes, and opens again with everything that was there. */
    private void closeAndVerify(StoreLife.Running running, Consumer<StoreLife.Running> close) {
        close.accept(running);
        List<String> closed = files();
        life.restart();
        StoreLife.Running again = life.open(life.disk());
        life.verify(again);
        life.settle(again);
        assertThat(again.close()).isNull();
        life.restart();
        assertThat(logBytes()).as("after %s", closed).isEqualTo(SMALLEST);
    }

    private static void close(StoreLife.Running running) {
        assertThat(running.close()).isNull();
    }

    private List<String> files() {
        List<String> files = new ArrayList<>();
        for (Path file : Files.of(life.disk())) {
            if (!file.endsWith(StoreLayout.LOCK)) {
                files.add(file + " " + length(file));
            }
        }
        return files;
    }

    private long logBytes() {
        try {
            return life.disk().list(LOG).stream().mapToLong(this::length).sum();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private long length(Path file) {
        try {
            return life.disk().contents(file).length;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Test
    void the_log_of_a_closed_store_is_the_smallest_file() {
        StoreLife.Running running = life.open(life.disk());
        change(running, 30);

        closeAndVerify(running, closing -> {
            close(closing);
            assertThat(logBytes()).isEqualTo(SMALLEST);
            assertThat(running.engine.contents().view().tails).allMatch(TailSegment::isEmpty);
        });
    }

    @Test
    void a_store_with_nothing_in_it_or_nothing_new_does_not_grow_when_it_is_opened_and_closed() {
        close(life.open(life.disk()));
        life.restart();
        List<String> empty = files();
        close(life.open(life.disk()));
        life.restart();
        assertThat(files()).isEqualTo(empty);
        StoreLife.Running running = life.open(life.disk());
        change(running, 30);
        life.verifySealed(running); // so that nothing is left to do for the compactor
        close(running);
        life.restart();
        List<String> full = files();

        for (int i = 0; i < 3; i++) {
            close(life.open(life.disk()));
            life.restart();
            assertThat(files()).isEqualTo(full);
        }
    }

    @Test
    void a_store_that_was_left_with_its_log_opens_and_is_closed_without() {
        StoreLife.Running running = life.open(life.disk());
        change(running, 30);

        closeAndVerify(running, left -> {
            left.store.abandon();
            assertThat(logBytes()).isGreaterThan(1000);
        });
    }

    @Test
    void a_full_disk_leaves_the_log() {
        StoreLife.Running running = life.open(life.disk());
        change(running, 30);
        life.disk().plan(FaultPlan.forever(1, FaultPlan.Kind.NO_SPACE));

        closeAndVerify(running, closing -> {
            running.close();
            life.disk().plan(FaultPlan.NONE);
            assertThat(logBytes()).isGreaterThan(1000);
        });
    }

    @Test
    void a_copy_under_way_keeps_the_log() {
        StoreLife.Running running = life.open(life.disk());
        change(running, 30);
        CompletableFuture<Long> frozen = new CompletableFuture<>();
        running.engine.submit(new Request.Freeze<>(lastLsn -> lastLsn, frozen));
        assertThat(Stages.get(frozen)).isPositive();

        closeAndVerify(running, closing -> {
            close(closing);
            assertThat(logBytes()).isGreaterThan(1000);
        });
    }
}
