package dev.allframe.runtime.projection;

import static dev.allframe.runtime.projection.Happenings.THING;
import static dev.allframe.runtime.projection.Happenings.THINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.allframe.api.testkit.ForwardingViews;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.memory.InMemoryBackend;
import dev.allframe.projection.ProjectionState;
import dev.allframe.runtime.projection.Happenings.Row;
import dev.allframe.runtime.projection.Happenings.ThingEvent;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.view.Cursor;
import dev.allframe.store.view.KeyRange;
import dev.allframe.store.view.MemoryViewStore;
import dev.allframe.store.view.ViewSnapshot;
import dev.allframe.store.view.ViewTable;
import dev.allframe.store.view.ViewTables;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rows that a reader finds damaged are not served on: the generation is set aside, and the view built anew. */
final class DamagedReadTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final RegisteredView<String, Row> view = RegisteredView.of(THINGS);
    private final EventStoreBackend store = InMemoryBackend.unbounded();
    private final Rotten views = new Rotten();

    /** The rows of the tables that were opened first cannot be read any more from a moment on. */
    private static final class Rotten extends ForwardingViews {

        private volatile boolean rotten;
        private @Nullable ViewTables first;

        Rotten() {
            super(new MemoryViewStore());
        }

        @Override
        protected ViewTables tables(ViewTables opened) {
            boolean isFirst = first == null;
            first = opened;
            return new Tables(opened) {
                @Override
                public byte @Nullable [] get(ViewTable table, byte[] key) {
                    check(table);
                    return super.get(table, key);
                }

                @Override
                public ViewSnapshot snapshot() {
                    ViewSnapshot snapshot = super.snapshot();
                    return new ViewSnapshot() {
                        @Override
                        public byte @Nullable [] get(ViewTable table, byte[] key) {
                            check(table);
                            return snapshot.get(table, key);
                        }

                        @Override
                        public List<byte @Nullable []> getAll(ViewTable table, List<byte[]> keys) {
                            return snapshot.getAll(table, keys);
                        }

                        @Override
                        public Cursor cursor(ViewTable table, KeyRange range, boolean descending) {
                            check(table);
                            return snapshot.cursor(table, range, descending);
                        }

                        @Override
                        public void close() {
                            snapshot.close();
                        }
                    };
                }

                private void check(ViewTable table) {
                    if (rotten && table == ViewTable.ROWS && isFirst) {
                        throw new CorruptStoreException("the block is damaged, says the test");
                    }
                }
            };
        }
    }

    @Test
    void damage_that_a_reader_meets_sets_the_generation_aside() {
        isSetAside(users -> users.get("t"));
    }

    @Test
    void damage_that_a_query_meets_sets_the_generation_aside() {
        isSetAside(users -> {
            try (ViewMoment<String, Row> moment = users.moment()) {
                assertThat(moment.isDamaged()).isFalse();
                assertThatThrownBy(() -> moment.rows().get("t")).isInstanceOf(CorruptStoreException.class);
                assertThat(moment.isDamaged()).isTrue();
                throw new CorruptStoreException("met");
            }
        });
    }

    @Test
    void damage_that_a_comparison_meets_sets_the_generation_aside() {
        isSetAside(users -> {
            try (ViewMoment<String, Row> moment = users.moment()) {
                assertThatThrownBy(moment::stored).isInstanceOf(CorruptStoreException.class);
                assertThat(moment.isDamaged()).isTrue();
                throw new CorruptStoreException("met");
            }
        });
    }

    private void isSetAside(Consumer<ServedView<String, Row>> reading) {
        EventStore.of(store, THING, JacksonEventCodec.of(THING))
                .append("t", ExpectedVersion.any(), List.of(new ThingEvent.Happened(1), new ThingEvent.Happened(2)))
                .toCompletableFuture()
                .join();
        ServedView<String, Row> users = new ServedView<>(view, store);
        ViewOrders orders = new ViewOrders(store);
        ViewWork<String, Row> work = new ViewWork<>(view, users,
                new Generations<>(view, views, store, Clock.systemUTC(), Duration.ofDays(7)), store, orders);
        ActorTestKit kit = ActorTestKit.create("damaged-read");
        try {
            kit.spawn(ViewActor.create(new ViewActor.Parts<>(view, users, work, store, orders,
                    new Serial(Thread::startVirtualThread), Thread::startVirtualThread, new BuildTurns(),
                    new ProjectionSettings(100, 0, LONG, LONG, LONG, LONG), new Progress(Clock.systemUTC()),
                    Refusals.none())));
            await().until(() -> users.state() == ProjectionState.LIVE);
            assertThat(users.get("t")).isPresent();

            views.rotten = true;
            assertThatThrownBy(() -> reading.accept(users)).isInstanceOf(CorruptStoreException.class);

            await().ignoreExceptions().untilAsserted(() -> assertThat(users.get("t")).isPresent());
            await().until(() -> users.state() == ProjectionState.LIVE);
            assertThat(views.generations(THINGS.name())).hasSize(1);
        } finally {
            kit.shutdownTestKit();
        }
    }
}
