package dev.allframe.runtime.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.allframe.api.testkit.ForwardingViews;
import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionMetadata.StoredGeneration;
import dev.allframe.projection.ProjectionState;
import dev.allframe.runtime.projection.ViewOrder.RebuildOrdered;
import dev.allframe.runtime.projection.ViewOrder.Retired;
import dev.allframe.store.StoreFailedException;
import dev.allframe.store.view.MemoryViewStore;
import dev.allframe.store.view.ViewNames;
import dev.allframe.store.view.ViewStore;
import dev.allframe.store.view.ViewTables;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Files of views that no code registers. */
final class UnregisteredViewsTest {

    private static final Duration MILLI = Duration.ofMillis(1);

    private final InMemoryBackend store = InMemoryBackend.unbounded();
    private final ViewOrders orders = new ViewOrders(store);
    private final ViewStore files = new MemoryViewStore();
    private UnregisteredViews views = over(files);

    private UnregisteredViews over(ViewStore used) {
        return new UnregisteredViews(() -> used, orders, Set.of("registered"), Thread::startVirtualThread,
                new ProjectionSettings(100, 0, MILLI, MILLI, MILLI, MILLI), (pause, work) -> CompletableFuture
                        .delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS)
                        .execute(work));
    }

    private void begin(ViewStore used) {
        end();
        views = over(used);
    }

    @AfterEach
    void end() {
        views.stop().toCompletableFuture().join();
    }

    private void give(String view, ViewOrder order) {
        orders.give(view, order).toCompletableFuture().join();
    }

    @Test
    void they_are_described_and_their_files_deleted_when_they_are_retired() {
        files.create("left").close();
        files.create("left").close();
        files.create("other").close();
        files.create("registered").close();
        begin(files);

        assertThat(views.names()).as("from the beginning").containsExactlyInAnyOrder("left", "other");
        ProjectionMetadata left = Objects.requireNonNull(views.describe("left"));
        assertThat(left.state()).isEqualTo(ProjectionState.UNREGISTERED);
        assertThat(left.generations()).extracting(StoredGeneration::number).containsExactly(1L, 2L);
        assertThat(views.describe("registered")).isNull();
        assertThat(views.describe()).hasSize(2);

        give("registered", new Retired("ann", "kept by another"));
        give("left", new Retired("ann", "not wanted"));

        await().until(() -> views.names().equals(Set.of("other")));
        assertThat(files.views()).containsExactly("other", "registered");
    }

    @Test
    void what_views_of_the_past_have_left_is_dropped_though_no_view_is_registered() {
        files.create(ViewNames.TEMPORARY + "0").close();
        files.create("left").close();

        begin(files);

        assertThat(files.views()).containsExactly("left");
        assertThat(views.names()).containsExactly("left");
    }

    @Test
    void a_node_that_starts_later_follows_what_was_ordered_last() {
        files.create("left").close();
        files.create("back").close();
        give("left", new Retired("ann", "not wanted"));
        give("back", new Retired("ann", "not wanted"));
        give("back", new RebuildOrdered("ann", "wanted", false));

        begin(files);

        await().until(() -> views.names().equals(Set.of("back")));
        assertThat(files.views()).containsExactly("back");
    }

    @Test
    void what_cannot_be_deleted_is_tried_again() {
        files.create("left").close();
        give("left", new Retired("ann", "not wanted"));
        AtomicInteger attempts = new AtomicInteger();

        begin(new ForwardingViews(files) {
            @Override
            public void drop(String view, long generation) {
                if (attempts.incrementAndGet() <= 3) {
                    throw new StoreFailedException("the disk failed, says the test", new IOException("test"));
                }
                super.drop(view, generation);
            }

            @Override
            protected ViewTables tables(ViewTables opened) {
                return opened;
            }
        });

        await().until(() -> files.views().isEmpty() && views.names().isEmpty());
        assertThat(attempts).hasValue(4);
    }
}
